using System.Buffers;
using System.Text;
using Parley.Core.Redaction.Scanning;

namespace Parley.Core.Redaction.Secrets;

/// <summary>Recognises passwords behind the word for one in other languages: <c>密码：X</c>, <c>contraseña: X</c>, <c>mot de passe est X</c>.</summary>
internal static class ForeignNames
{
    private const int MaxGap = 24;
    private const int MaxValue = 128;

    public static readonly string[] Words =
        ["密码", "密碼", "口令", "密钥", "令牌", "パスワード", "비밀번호", "пароль", "asswort", "kennwort", "contraseña", "contrasena", "mot de passe", "senha", "hasło", "wachtwoord", "lösenord"];

    // What joins the value to the word.
    private static readonly byte[][] Joints = [.. new[] { "是", "为", "為", "は", "：", ":", "=", " lautet", " ist", " is", " est", " es", " é", " to", "로", "는" }.Select(Encoding.UTF8.GetBytes)];

    private static readonly SearchValues<byte> Ends = SearchValues.Create([.. Enumerable.Range(0, 33).Select(i => (byte)i), .. "\"'`<>,;)|"u8, .. Enumerable.Range(128, 128).Select(i => (byte)i)]);

    public static void Recognise(in Scene scene, int at, int length)
    {
        ReadOnlySpan<byte> rest = scene.Text[(at + length)..Math.Min(scene.Text.Length, at + length + MaxGap + MaxValue)];
        int value = 0;
        bool joined = false;
        for (int before = -1; before != value && value < MaxGap;)
        {
            before = value;
            foreach (byte[] joint in Joints)
            {
                if (!rest[value..].StartsWith(joint))
                    continue;
                value += joint.Length;
                joined = true;
                break;
            }
            while (value < rest.Length && rest[value] is (byte)' ' or (byte)'"' or (byte)'\'' or (byte)'`' or (byte)'*')
                value++;
        }
        int end = rest[value..].IndexOfAny(Ends);
        end = end < 0 ? rest.Length : value + end;
        while (end > value && rest[end - 1] == '.')
            end--;
        if (joined && Plausibility.IsSecret(rest[value..end], Grade.Password, Link.Prose, quoted: true))
            scene.Add(at + length + value, at + length + end, "password", Certainty.Context);
    }
}
