using System.Net;
using Parley.Core.Sessions;
using Parley.Server.Hosting;
using Parley.Server.Turns;

namespace Parley.Server.Tests.Hosting;

public sealed class ServerEnvironmentTests
{
    [Fact]
    public void Without_variables_everything_has_its_default()
    {
        ServerOptions options = Read();

        Assert.Equal(3000, options.Port);
        Assert.Null(options.Bind);
        Assert.Equal("./data/sessions.db", options.DatabasePath);
        Assert.Null(options.Postgres);
        Assert.Equal(TimeSpan.FromDays(30), options.SessionExpiry);
        Assert.Null(options.PublicUrl);
        Assert.Empty(options.TrustedProxies);
        Assert.Equal(BundleReader.DefaultMaxLineBytes, options.Limits.EntryBytes);
    }

    [Fact]
    public void Mail_and_a_provider_are_set_as_wholes()
    {
        ServerOptions options = Read(
            ("PARLEY_PUBLIC_URL", "https://parley.example"), ("PARLEY_SMTP_URL", "smtps://me:secret@mail.example"), ("PARLEY_MAIL_FROM", "parley@example.org"),
            ("PARLEY_OIDC_ISSUER", "https://id.example/realm"), ("PARLEY_OIDC_CLIENT_ID", "parley"), ("PARLEY_OIDC_CLIENT_SECRET", "hush"));

        Assert.Equal(("mail.example", 587, "parley@example.org"), (options.Mail?.Host, options.Mail?.Port, options.Mail?.From));
        Assert.Equal(("https://id.example/realm", "id.example"), (options.Oidc?.Issuer, options.Oidc?.Name));
    }

    [Theory]
    [InlineData("PARLEY_SMTP_URL needs PARLEY_PUBLIC_URL", "PARLEY_SMTP_URL", "smtps://mail.example")]
    [InlineData("PARLEY_SMTP_URL must be of the form", "PARLEY_SMTP_URL", "mail.example", "PARLEY_PUBLIC_URL", "https://parley.example")]
    [InlineData("PARLEY_MAIL_FROM must be an address", "PARLEY_SMTP_URL", "smtp://localhost", "PARLEY_PUBLIC_URL", "https://parley.example", "PARLEY_MAIL_FROM", "Parley <x>")]
    [InlineData("PARLEY_OIDC_ISSUER must be an https:// address", "PARLEY_OIDC_ISSUER", "http://id.example")]
    [InlineData("PARLEY_OIDC_ISSUER needs PARLEY_OIDC_CLIENT_ID", "PARLEY_OIDC_ISSUER", "https://id.example")]
    public void What_is_set_by_half_or_would_be_open_to_others_is_refused(string says, params string[] variables)
    {
        OptionsException refused = Assert.Throws<OptionsException>(() => Read([.. variables.Chunk(2).Select(pair => (pair[0], pair[1]))]));

        Assert.StartsWith(says, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_empty_variable_counts_as_not_set() =>
        Assert.Equal($"{Read()}", $"{Read(("PORT", ""), ("DATABASE_URL", ""), ("PARLEY_BIND", ""), ("SESSION_EXPIRY_DAYS", ""))}");

    [Fact]
    public void Every_variable_is_read()
    {
        ServerOptions options = Read(
            ("PORT", "8080"), ("PARLEY_BIND", "0.0.0.0"), ("DATABASE_PATH", "/data/x.db"), ("DATABASE_URL", "postgres://u:p@db/parley"),
            ("SESSION_EXPIRY_DAYS", "0"), ("PARLEY_PUBLIC_URL", "https://example.org/parley/"), ("PARLEY_PATH_BASE", "/parley/"),
            ("PARLEY_TRUST_PROXY", "10.0.0.0/8, 127.0.0.1"), ("PARLEY_LOG", "json"), ("PARLEY_CREDENTIALS", "/c.json"),
            ("PARLEY_MAX_ENTRY_BYTES", "2048"), ("PARLEY_MAX_BUNDLE_BYTES", "4096"), ("PARLEY_REQUESTS_PER_KEY", "1"),
            ("PARLEY_REQUESTS_PER_ADDRESS", "2"), ("PARLEY_MISSES_PER_ADDRESS", "3"),
            ("PARLEY_APPENDS_PER_ADDRESS", "4"), ("PARLEY_STREAMS_PER_SESSION", "5"), ("PARLEY_STREAMS_PER_ADDRESS", "6"));

        Assert.Equal((8080, IPAddress.Any, "/data/x.db", "parley"), (options.Port, options.Bind, options.DatabasePath, options.Postgres?.Database));
        Assert.Null(options.SessionExpiry);
        Assert.Equal(("https://example.org/parley", "/parley"), (options.PublicUrl?.AbsoluteUri, options.PathBase));
        Assert.Equal(["10.0.0.0/8", "127.0.0.1/32"], options.TrustedProxies.Select(n => n.ToString()));
        Assert.Equal((LogForm.Json, "/c.json"), (options.Log, options.CredentialsPath));
        Assert.Equal(
            new Limits
            {
                EntryBytes = 2048,
                BundleBytes = 4096,
                RequestsPerKey = 1,
                RequestsPerAddress = 2,
                MissesPerAddress = 3,
                AppendsPerAddress = 4,
                StreamsPerSession = 5,
                StreamsPerAddress = 6,
            },
            options.Limits);
    }

    [Fact]
    public void The_agents_variables_are_read()
    {
        AgentOptions agent = Read(
            ("ANTHROPIC_API_KEY", "general"), ("PARLEY_ANTHROPIC_API_KEY", "own"), ("PARLEY_ANTHROPIC_BASE_URL", "http://127.0.0.1:1"), ("PARLEY_MODEL", "m"),
            ("PARLEY_MODEL_PRICES", "m=1/2"), ("PARLEY_WORKSPACE_BUDGET", "2.50"), ("PARLEY_RUNNER_TOKEN", new string('t', RunnerToken.MinLength)), ("PARLEY_RUNNER_TURNS", "3"),
            ("PARLEY_RUNNER_LEASE", "4"), ("PARLEY_RUNNER_SERVER", "https://example.org/parley")).Agent;

        Assert.Equal(("own", "http://127.0.0.1:1/", "m", 3), (agent.ApiKey, agent.BaseUrl!.AbsoluteUri, agent.Model, agent.TurnsAtOnce));
        Assert.Equal((Money.Of(2.5m), TimeSpan.FromSeconds(4), "https://example.org/parley/"), (agent.Budget!.Value, agent.Lease, agent.RunnerServer!.AbsoluteUri));
        Assert.Equal(3_000_000, agent.Prices.Of("m-2", new TokenCounts(1_000_000, 1_000_000, 0, 0)).Millionths);
        Assert.Equal("general", Read(("ANTHROPIC_API_KEY", "general")).Agent.ApiKey);
        Assert.Null(Read(("PARLEY_WORKSPACE_BUDGET", "none")).Agent.Budget);
        Assert.Equal((null, AgentOptions.DefaultModel, Money.Of(10)), (Read().Agent.ApiKey, Read().Agent.Model, Read().Agent.Budget!.Value));
    }

    [Fact]
    public void Prices_are_those_of_the_longest_name_and_of_an_unknown_model_the_dearest()
    {
        var million = new TokenCounts(1_000_000, 0, 0, 0);

        Assert.Equal(Money.Of(3), ModelPrices.Default.Of("claude-sonnet-4-6", million));
        Assert.Equal(Money.Of(15), ModelPrices.Default.Of("somebodys-model", million));
        Assert.Equal(Money.Of(7), ModelPrices.Parse("claude-sonnet-4-6=7/7")!.Over(ModelPrices.Default).Of("claude-sonnet-4-6-20260101", million));
        Assert.Equal(Money.Of(0.3m + 3.75m), ModelPrices.Default.Of("claude-sonnet-4-6", new TokenCounts(0, 0, 1_000_000, 1_000_000)));
    }

    [Theory]
    [InlineData("PARLEY_RUNNER_TOKEN", "short", "PARLEY_RUNNER_TOKEN must have at least 32 characters (openssl rand -hex 32).")]
    [InlineData("PARLEY_MODEL_PRICES", "cheap", "PARLEY_MODEL_PRICES must be US dollars per million tokens, input/output, like claude-sonnet-4-6=3/15,*=5/25, but is \"cheap\".")]
    [InlineData("PARLEY_WORKSPACE_BUDGET", "much", "PARLEY_WORKSPACE_BUDGET must be none, or US dollars up to 1000000, but is \"much\".")]
    [InlineData("PARLEY_RUNNER_LEASE", "2", "PARLEY_RUNNER_LEASE must be a whole number from 3 to 3600, but is \"2\".")]
    [InlineData("PARLEY_RUNNER_TURNS", "0", "PARLEY_RUNNER_TURNS must be a whole number from 1 to 1000, but is \"0\".")]
    [InlineData("PARLEY_ANTHROPIC_BASE_URL", "ftp://x", "PARLEY_ANTHROPIC_BASE_URL must be an address like https://example.org, but is \"ftp://x\".")]
    [InlineData("PORT", "http", "PORT must be a whole number from 0 to 65535, but is \"http\".")]
    [InlineData("PORT", "65536", "PORT must be a whole number")]
    [InlineData("PORT", "-1", "PORT must be a whole number")]
    [InlineData("SESSION_EXPIRY_DAYS", "a month", "SESSION_EXPIRY_DAYS must be a whole number")]
    [InlineData("PARLEY_BIND", "here", "PARLEY_BIND must be localhost, * or an IP address")]
    [InlineData("PARLEY_PUBLIC_URL", "example.org", "PARLEY_PUBLIC_URL must be an address like")]
    [InlineData("PARLEY_PUBLIC_URL", "ftp://example.org", "PARLEY_PUBLIC_URL must be an address like")]
    [InlineData("PARLEY_PATH_BASE", "parley", "PARLEY_PATH_BASE must be a path like /parley")]
    [InlineData("PARLEY_TRUST_PROXY", "nginx", "PARLEY_TRUST_PROXY must be true for any")]
    [InlineData("PARLEY_LOG", "xml", "PARLEY_LOG must be text, json or off")]
    [InlineData("PARLEY_MAX_ENTRY_BYTES", "0", "PARLEY_MAX_ENTRY_BYTES must be a whole number")]
    [InlineData("PARLEY_MAX_BUNDLE_BYTES", "1GB", "PARLEY_MAX_BUNDLE_BYTES must be a whole number")]
    [InlineData("PARLEY_REQUESTS_PER_KEY", "-5", "PARLEY_REQUESTS_PER_KEY must be a whole number")]
    [InlineData("PARLEY_REQUESTS_PER_ADDRESS", "x", "PARLEY_REQUESTS_PER_ADDRESS must be a whole number")]
    [InlineData("PARLEY_MISSES_PER_ADDRESS", "x", "PARLEY_MISSES_PER_ADDRESS must be a whole number")]
    [InlineData("DATABASE_URL", "mysql://x", "DATABASE_URL must look like postgres://")]
    public void A_value_that_makes_no_sense_is_one_sentence(string name, string value, string sentence) =>
        Assert.StartsWith(sentence, Assert.Throws<OptionsException>(() => Read((name, value))).Message, StringComparison.Ordinal);

    private static ServerOptions Read(params (string Name, string Value)[] variables) =>
        new ServerEnvironment(name => variables.FirstOrDefault(v => v.Name == name).Value).Read();
}
