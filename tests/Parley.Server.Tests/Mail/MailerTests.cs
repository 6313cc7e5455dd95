using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Parley.Server.Data;
using Parley.Server.Mail;
using Parley.Server.Tests.Fixtures;

namespace Parley.Server.Tests.Mail;

/// <summary>How mail goes out: encrypted, again after a failure, and through crashes.</summary>
public sealed class MailerTests
{
    [Fact]
    public async Task Mail_goes_out_encrypted_and_logged_in()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-mail-");
        CertificateFor certificate = CertificateFor.Loopback();
        string authority = Path.Combine(folder.FullName, "ca.pem"), password = Convert.ToHexString(RandomNumberGenerator.GetBytes(8));
        await File.WriteAllTextAsync(authority, certificate.Certificate);
        await using MailServer mail = await MailServer.StartAsync(new { user = "parley", password, cert = certificate.Certificate, key = certificate.Key });
        await using ServerProcess server = await ServerProcess.StartAsync(folder.FullName, new(mail.Settings)
        {
            ["PARLEY_SMTP_URL"] = $"smtps://parley:{password}@127.0.0.1:{mail.Port}",
            ["SSL_CERT_FILE"] = authority,
        });

        await InviteAsync(server, folder.FullName, "sarah@example.org");

        TakenLetter letter = await mail.NextAsync();
        Assert.Equal((true, "parley", "sarah@example.org"), (letter.IsEncrypted, letter.User, letter.To));
    }

    [Fact]
    public async Task Nothing_is_said_to_a_mail_server_whose_certificate_is_nobodys()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-mail-");
        CertificateFor certificate = CertificateFor.Loopback();
        await using MailServer mail = await MailServer.StartAsync(new { cert = certificate.Certificate, key = certificate.Key });
        await using ServerProcess server = await ServerProcess.StartAsync(
            folder.FullName, new(mail.Settings) { ["PARLEY_SMTP_URL"] = $"smtps://127.0.0.1:{mail.Port}" });

        await InviteAsync(server, folder.FullName, "sarah@example.org");

        await FailedAsync(folder.FullName);
        (_, string log) = await server.StopAsync();
        Assert.Contains("A mail was not taken", log, StringComparison.Ordinal);
        Assert.DoesNotContain("sarah", log, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_was_not_taken_is_tried_again_and_later_each_time()
    {
        await using MailServer mail = await MailServer.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), mail.Settings);
        string id = await server.ShareAsync("hello");
        await mail.RefuseAsync(451);
        await server.Owner.InviteAsync(id, "sarah@example.org");
        Assert.Equal("sarah@example.org", await mail.RefusedAsync());
        await WaitsAsync(server, 1);

        server.Clock.Advance(TimeSpan.FromMinutes(1));
        await mail.RefusedAsync();
        await WaitsAsync(server, 2);
        await mail.RefuseAsync(0);
        server.Clock.Advance(TimeSpan.FromMinutes(2));

        Assert.Equal("sarah@example.org", (await mail.NextAsync()).To);
        await Eventually.TrueAsync(async () => await CountAsync(server) == 0);
    }

    [Fact]
    public async Task A_mailbox_that_is_not_there_is_given_up_and_the_inviter_told()
    {
        await using MailServer mail = await MailServer.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), mail.Settings);
        string id = await server.ShareAsync("hello");
        await mail.RefuseAsync(550);

        await server.Owner.InviteAsync(id, "nobody@example.org");
        await mail.RefusedAsync();

        await Eventually.TrueAsync(async () => await CountAsync(server) == 0);
        JsonElement open = (await server.Owner.JsonAsync($"/api/sessions/{id}/invitations")).GetProperty("invitations")[0];
        Assert.True(open.GetProperty("undelivered").GetBoolean());
    }

    [Fact]
    public async Task Nothing_is_lost_when_the_server_is_killed_before_mail_has_gone_out()
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("parley-mail-");
        await using MailServer mail = await MailServer.StartAsync();
        await mail.RefuseAsync(451);
        await using (ServerProcess server = await ServerProcess.StartAsync(folder.FullName, mail.Settings))
        {
            await InviteAsync(server, folder.FullName, "sarah@example.org");
            await mail.RefusedAsync();
            await server.KillAsync();
        }
        await mail.RefuseAsync(0);
        await MakeDueAsync(folder.FullName);

        await using ServerProcess again = await ServerProcess.StartAsync(folder.FullName, mail.Settings);

        Assert.Equal("sarah@example.org", (await mail.NextAsync()).To);
    }

    [Fact]
    public async Task A_mail_of_which_it_is_not_known_whether_it_went_out_goes_again_as_the_same()
    {
        await using MailServer mail = await MailServer.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), mail.Settings);
        string id = await server.ShareAsync("hello");
        Outbox outbox = server.Get<Outbox>();
        var letter = new OutgoingMail("sarah@example.org", "Hello", "Hello");
        await server.Get<Database>().WriteAsync(async c =>
        {
            await outbox.AddAsync(c, letter, null, default);
            return true;
        });

        // Taken by a process that delivers it and is killed before it says so.
        TakenMail? taken = await outbox.TakeAsync(default);
        Assert.Null(await outbox.TakeAsync(default));
        server.Clock.Advance(Outbox.Lease);

        Assert.Contains($"<{taken!.Id}@example.org>", (await mail.NextAsync()).Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Two_servers_send_each_mail_once()
    {
        await using MailServer mail = await MailServer.StartAsync();
        var shared = new TwoServersWith(await PostgresCluster.CreateDatabaseAsync());
        Dictionary<string, string> settings = new(mail.Settings) { ["PARLEY_DATA_KEY"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)) };
        await using RunningServer one = await RunningServer.StartAsync(shared, settings), other = await RunningServer.StartAsync(shared, settings);
        string id = await one.ShareAsync("hello");
        string[] addresses = [.. Enumerable.Range(0, 20).Select(i => $"guest-{i:00}@example.org")];

        await Task.WhenAll(addresses.Select((address, i) => (i % 2 == 0 ? one : other).Owner.InviteAsync(id, address)));

        List<string> sent = [];
        for (int i = 0; i < addresses.Length; i++)
            sent.Add((await mail.NextAsync()).To);
        Assert.Equal(addresses, sent.Order());
        await Eventually.TrueAsync(async () => await CountAsync(one) == 0);
    }

    [Fact]
    public async Task The_database_holds_no_word_of_a_mail_and_nothing_once_it_is_delivered()
    {
        await using MailServer mail = await MailServer.StartAsync();
        await using RunningServer server = await RunningServer.StartAsync(new Sqlite(), mail.Settings);
        string id = await server.ShareAsync("hello");
        await mail.RefuseAsync(451);
        await server.Owner.InviteAsync(id, "sarah@example.org");
        await mail.RefusedAsync();

        byte[] box = await server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT box FROM mails", row => row.Bytes(0), default)) ?? [];

        Assert.DoesNotContain("invites", System.Text.Encoding.Latin1.GetString(box), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(8, 128)]
    [InlineData(9, 240)]
    [InlineData(1000, 240)]
    public void A_failure_is_waited_for_longer_each_time(long failures, int minutes) => Assert.Equal(TimeSpan.FromMinutes(minutes), Mailer.DelayAfter(failures));

    private static Task WaitsAsync(RunningServer server, long attempts) => Eventually.TrueAsync(async () => await server.Get<Database>().ReadAsync(c => c.FirstAsync(
        "SELECT 1 FROM mails WHERE attempts = $1 AND due_at = $2", _ => true, default, attempts, server.Clock.GetUtcNow() + Mailer.DelayAfter(attempts))));

    private static ValueTask<long> CountAsync(RunningServer server) =>
        server.Get<Database>().ReadAsync(c => c.FirstAsync("SELECT count(*) FROM mails", row => row.Number(0), default));

    private static async Task InviteAsync(ServerProcess server, string folder, string email)
    {
        string key = new Parley.Core.Credentials.CredentialsFile(Path.Combine(folder, "credentials.json")).FindKey(server.Address.ToString())!;
        using var owner = new HttpClient { BaseAddress = server.Address, DefaultRequestHeaders = { Authorization = new("Bearer", key) } };
        using HttpResponseMessage shared = await owner.PostAsync("/api/sessions", Bundles.Content(Bundles.Of([Bundles.Prompt("hello")])));
        await owner.InviteAsync((await shared.JsonAsync()).Text("shareId"), email);
    }

    // What is tried again waits less long than what somebody has taken.
    private static async Task FailedAsync(string folder)
    {
        await using Database database = Open(folder);
        await Eventually.TrueAsync(async () => await database.ReadAsync(
            c => c.FirstAsync("SELECT created_at, due_at FROM mails WHERE attempts = 1", row => row.Time(1) - row.Time(0) < Outbox.Lease - TimeSpan.FromSeconds(10), default)));
    }

    private static async Task MakeDueAsync(string folder)
    {
        await using Database database = Open(folder);
        await database.WriteAsync(c => c.ExecuteAsync("UPDATE mails SET due_at = created_at", default));
    }

    private static SqliteDatabase Open(string folder) => new(Path.Combine(folder, "data", "sessions.db"), new Parley.Server.Hosting.Metrics());

    private sealed class TwoServersWith(string url) : ITestDatabase
    {
        public Task<Dictionary<string, string>> CreateAsync(string folder) => Task.FromResult(new Dictionary<string, string> { ["DATABASE_URL"] = url });
    }

    /// <summary>A certificate of its own authority.</summary>
    private sealed record CertificateFor(string Certificate, string Key)
    {
        public static CertificateFor Loopback()
        {
            using var key = RSA.Create(2048);
            var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
            var names = new SubjectAlternativeNameBuilder();
            names.AddIpAddress(IPAddress.Loopback);
            request.CertificateExtensions.Add(names.Build());
            request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
            using X509Certificate2 made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
            return new(made.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
        }
    }
}
