using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises passwords in the arguments of commands whose options don't say so by name: <c>mysql -pX</c>, <c>curl -u a:X</c>.</summary>
internal ref struct Commands
{
    private Command? _last;
    private int _readUpTo;

    /// <summary>How far behind a command's name its options are looked for.</summary>
    private const int MaxLine = 1024;

    /// <summary>The commands, and how each takes a password, which stands where the asterisk is.</summary>
    public static readonly Command[] All =
    [
        new("curl ", "-u user:*", "--user user:*", "--proxy-user user:*", "-U user:*"),
        new("wget ", "--user user:*"),
        new("lftp ", "-u user:*"),
        new("mysql", "-p*"),
        new("mariadb", "-p*"),
        new("sshpass ", "-p*", "-p *"),
        new("sqlcmd ", "-P*", "-P *"),
        new("ldapsearch", "-w*", "-w *"),
        new("ldapmodify", "-w*", "-w *"),
        new("ldapadd", "-w*", "-w *"),
        new("ldapdelete", "-w*", "-w *"),
        new("ldapwhoami", "-w*", "-w *"),
        new("ldappasswd", "-w*", "-w *", "-s *", "-a *"),
        new("openssl ", "-k *", "-K *", "-passin pass:*", "-passout pass:*", "-pass pass:*"),
        new("login ", "-p*", "-p *"),
        new("redis-cli ", "-a *"),
        new("mongo", "-p*", "-p *"),
        new("smbclient", "-U user:*"),
        new("rpcclient ", "-U user:*"),
        new("mosquitto_", "-P *"),
        new("htpasswd ", "file user *"),
        new("net user ", "name *"),
        new("net use ", "share *"),
        new("ConvertTo-SecureString ", "*"),
        new("nmcli ", "password *"),
        new("bcp ", "-P*", "-P *"),
        new("add_user ", "name *"),
        new("change_password ", "name *"),
        new("zip ", "-P*", "-P *"),
        new("7z ", "-p*"),
        new("unrar ", "-p*"),
        new("ssh-keygen ", "-N *", "-P *"),
        new("useradd ", "-p *"),
        new("usermod ", "-p *"),
        new("kubectl ", "--docker-password *"),
        new("cqlsh ", "-p *"),
        new("clickhouse-client ", "--password *"),
        new("vault operator unseal ", "*"),
        new("xfreerdp ", "/p:*"),
    ];

    public void Recognise(in Scene scene, int at, Command command)
    {
        // A name among the arguments of the same command calls nothing.
        if (!scene.IsStart(at) || at < _readUpTo && command == _last)
            return;
        // What goes on with the name belongs to it: mysqldump, mysql-proxy.
        int from = at + command.Name.Length;
        while (scene.Text[from - 1] != ' ' && from < scene.Text.Length && scene.Text[from] > ' ')
            from++;
        ReadOnlySpan<byte> line = scene.Text[from..Math.Min(scene.Text.Length, from + MaxLine)];
        var words = new ShellWords(line);
        int plain = 0;
        while (words.MoveNext())
        {
            (int start, int end) = words.Current;
            bool isOption = line[start] == '-' || line[start] == '/' && !line[(start + 1)..end].Contains((byte)'/');
            plain += isOption ? 0 : 1;
            foreach (CommandOption option in command.Options)
                Take(scene, from, ref words, line[start..end], option, isOption ? 0 : plain);
            (_last, _readUpTo) = (command, from + end);
        }
    }

    private static void Take(in Scene scene, int from, ref ShellWords words, ReadOnlySpan<byte> word, CommandOption option, int plain)
    {
        (int start, int end) = words.Current;
        bool isBare = option.Bytes.Length == 0, exact = !isBare && word.SequenceEqual(option.Bytes);
        bool attached = !isBare && !exact && word.StartsWith(option.Bytes);
        switch (option.Form)
        {
            case Form.Attached when attached:
                Add(scene, from + start + option.Bytes.Length, from + end);
                break;
            case Form.Separate or Form.AfterColon or Form.UserAndPassword when exact:
                if (words.MoveNext())
                    AddPart(scene, from + words.Current.Start, from + words.Current.End, option.Form);
                break;
            case Form.UserAndPassword when attached && (option.Bytes.Length == 2 || word[option.Bytes.Length] == '='):
                AddPart(scene, from + start + option.Bytes.Length, from + end, option.Form);
                break;
            case Form.First when plain == 1:
            case Form.Share when plain > 0 && !IsShare(word):
            case Form.Second when plain == 2:
            case Form.Last when plain >= 3 && words.IsLast:
                Add(scene, from + start, from + end);
                break;
        }
    }

    // Z: or * or \\server\share
    private static bool IsShare(ReadOnlySpan<byte> word) => word is [.., (byte)':'] or [(byte)'*'] || word[0] == '\\';

    // user:password, user%password, user,password, pass:password
    private static void AddPart(in Scene scene, int start, int end, Form form)
    {
        int separator = form is Form.UserAndPassword or Form.AfterColon ? scene.Text[start..end].IndexOfAny((byte)':', (byte)'%', (byte)',') + 1 : 0;
        if (separator == 0 && form is Form.UserAndPassword or Form.AfterColon)
            return;
        if (form == Form.AfterColon && !scene.Text[start..end].StartsWith("pass:"u8))
            return;
        Add(scene, start + separator, end);
    }

    // -p'X' has its quotes within the word.
    private static void Add(in Scene scene, int start, int end)
    {
        if (end - start > 2 && scene.Text[start] is (byte)'\'' or (byte)'"' && scene.Text[end - 1] == scene.Text[start])
            (start, end) = (start + 1, end - 1);
        ReadOnlySpan<byte> value = scene.Text[start..end];
        if (Plausibility.IsSecret(value, Grade.Password, Link.Flag, quoted: true) || Plausibility.IsPhrase(value))
            scene.Add(start, end, "password", Certainty.Context);
    }
}
