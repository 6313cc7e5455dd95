using System.Text;
using Parley.Server.Accounts;
using Parley.Server.Data;
using Parley.Server.Hosting;

namespace Parley.Server.Tests.Accounts;

public sealed class DataKeyTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parley-key-");

    private string Path => System.IO.Path.Combine(_folder.FullName, "data", "data.key");

    private ServerOptions Options => Read([]);

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void What_is_sealed_opens_with_its_key_and_beside_its_owner_only()
    {
        DataKey key = DataKey.Load(Options);
        byte[] box = key.Seal("clw_share_é", "share-1");

        Assert.Equal("clw_share_é", key.Open(box, "share-1"));
        Assert.Null(key.Open(box, "share-2"));
        Assert.Null(new DataKey(new byte[DataKey.Bytes]).Open(box, "share-1"));
        Assert.NotEqual(box, key.Seal("clw_share_é", "share-1"));
        for (int i = 0; i < box.Length; i++)
        {
            byte[] changed = [.. box];
            changed[i] ^= 1;
            Assert.Null(key.Open(changed, "share-1"));
            Assert.Null(key.Open(box[..i], "share-1"));
        }
    }

    [Fact]
    public void The_file_is_made_once_for_its_owner_alone_and_serves_every_start()
    {
        byte[] box = DataKey.Load(Options).Seal("text", "");

        Assert.Equal("text", DataKey.Load(Options).Open(box, ""));
        Assert.Equal([Path], Directory.GetFiles(_folder.FullName, "*", SearchOption.AllDirectories));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public async Task Servers_that_start_together_end_up_with_one_key()
    {
        for (int round = 0; round < 20; round++)
        {
            if (File.Exists(Path))
                File.Delete(Path);
            using var together = new Barrier(8);
            DataKey[] keys = await Task.WhenAll(Enumerable.Range(0, together.ParticipantCount).Select(_ => Task.Factory.StartNew(
                () =>
                {
                    together.SignalAndWait();
                    return DataKey.Load(Options);
                },
                TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)));

            Assert.Single(keys.Select(k => k.Digest("text")).Distinct());
        }
    }

    [Fact]
    public void The_variable_comes_before_the_file_which_is_then_not_made()
    {
        string key = Convert.ToBase64String(Encoding.ASCII.GetBytes("0123456789abcdef0123456789abcdef"));

        DataKey loaded = DataKey.Load(Read(new() { ["PARLEY_DATA_KEY"] = key }));

        Assert.Equal(new DataKey("0123456789abcdef0123456789abcdef"u8.ToArray()).Digest("text"), loaded.Digest("text"));
        Assert.False(File.Exists(Path));
    }

    [Theory]
    [InlineData("short")]
    [InlineData("AAAA")]
    public void A_variable_that_is_no_key_is_refused_without_being_shown(string key)
    {
        var refused = Assert.Throws<OptionsException>(() => Read(new() { ["PARLEY_DATA_KEY"] = key }));

        Assert.Contains("openssl rand -base64 32", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(key, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_holds_no_key_is_refused_and_left_as_it_is()
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
        File.WriteAllText(Path, "not a key");

        Assert.Contains("Restore it", Assert.Throws<StartupException>(() => DataKey.Load(Options)).Message, StringComparison.Ordinal);
        Assert.Equal("not a key", File.ReadAllText(Path));
    }

    [Fact]
    public void With_PostgreSQL_the_key_lies_beside_the_credentials() => Assert.Equal(
        System.IO.Path.Combine(_folder.FullName, "data.key"), Read(new() { ["DATABASE_URL"] = "postgres://localhost/parley" }).DataKeyPath);

    private ServerOptions Read(Dictionary<string, string> settings)
    {
        var environment = new Dictionary<string, string>(settings)
        {
            ["DATABASE_PATH"] = System.IO.Path.Combine(_folder.FullName, "data", "sessions.db"),
            ["PARLEY_CREDENTIALS"] = System.IO.Path.Combine(_folder.FullName, "credentials.json"),
        };
        return new ServerEnvironment(environment.GetValueOrDefault).Read();
    }
}
