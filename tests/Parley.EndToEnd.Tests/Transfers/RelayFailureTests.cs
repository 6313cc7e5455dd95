using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Parley.EndToEnd.Tests.Command;
using Parley.EndToEnd.Tests.Transfers.Hostile;
using Xunit;

namespace Parley.EndToEnd.Tests.Transfers;

/// <summary>What people are told when a relay does not do what they ask, and that they are told what to do.</summary>
public sealed class RelayFailureTests : IDisposable
{
    private readonly Pair _pair = new();
    private readonly Home _host = new();
    private readonly FragileServer _server;

    public RelayFailureTests() => _server = new FragileServer(_host);

    [Fact]
    public async Task A_relay_that_is_turned_off()
    {
        _host.Environment["PARLEY_RELAY"] = "off";
        await _server.StartAsync();

        AssertFailure("is turned off. Name another server with --relay URL", await ReceiveAsync(_server.Address, "7K3MPX"));
    }

    [Fact]
    public async Task Nobody_who_listens() =>
        AssertFailure("does not answer", await ReceiveAsync(_server.Address, "7K3MPX"));

    [Fact]
    public async Task What_is_no_code() =>
        AssertFailure("'7K3MP0' is no room code", await ReceiveAsync(_server.Address, "7K3MP0"));

    [Fact]
    public async Task A_server_that_is_no_parley_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task answering = Task.Run(async () =>
        {
            using TcpClient client = await listener.AcceptTcpClientAsync();
            await client.GetStream().ReadAtLeastAsync(new byte[4096], 1);
            await client.GetStream().WriteAsync("HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
        });

        AssertFailure("has no relay", await ReceiveAsync($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}", "7K3MPX"));
        await answering;
    }

    [Fact]
    public async Task Too_many_wrong_codes_and_too_many_bytes()
    {
        _host.Environment["PARLEY_RELAY_MISSES_PER_ADDRESS"] = "1";
        _host.Environment["PARLEY_RELAY_BYTES_PER_ROOM"] = "300000";
        await _server.StartAsync();
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, new LongSession(_pair).Id, "--relay", _server.Address);

        AssertFailure("the relay says: As much has passed through this room", await ReceiveAsync(_server.Address, sender.Ready.GetProperty("room").GetString()!));
        AssertFailure("there is no room with this code", await ReceiveAsync(_server.Address, "222222"));
        AssertFailure("the relay says: Too many wrong room codes", await ReceiveAsync(_server.Address, "333333"));
    }

    [Fact]
    public async Task A_certificate_that_nobody_trusts_and_one_that_is_trusted()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate = SelfSigned(key);
        await using HostileRelay relay = await HostileRelay.StartAsync(certificate);
        string trusted = _pair.Receiver.PathOf("relay.pem");
        await File.WriteAllTextAsync(trusted, certificate.ExportCertificatePem());
        AssertFailure("certificate", await ReceiveAsync(relay.Address, "7K3MPX"));

        _pair.Sender.Environment["SSL_CERT_FILE"] = _pair.Receiver.Environment["SSL_CERT_FILE"] = trusted;
        using SendProcess sender = await SendProcess.StartAsync(_pair.Sender, _pair.New().Prompt("x").Answer("y").Save().Id, "--relay", relay.Address);
        (await ReceiveAsync(relay.Address, sender.Ready.GetProperty("room").GetString()!)).Succeeded();
    }

    public void Dispose()
    {
        _server.Dispose();
        _host.Dispose();
        _pair.Dispose();
    }

    private Task<Result> ReceiveAsync(string relay, string room) => _pair.Receiver.RunAsync("receive", "--relay", relay, "--room", room, "--all", "--json");

    private static void AssertFailure(string message, Result result)
    {
        Assert.Equal(1, result.ExitCode);
        if (result.Out != "")
            Assert.Empty(JsonElement.Parse(result.Out).GetProperty("installed").EnumerateArray());
        Assert.Contains(message, result.Error, StringComparison.Ordinal);
    }

    private static X509Certificate2 SelfSigned(RSA key)
    {
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
    }
}
