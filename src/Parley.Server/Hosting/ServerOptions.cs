using System.Net;
using Npgsql;
using Parley.Server.Accounts.OpenId;
using Parley.Server.Mail;
using Parley.Server.Relay;
using Parley.Server.Turns;

namespace Parley.Server.Hosting;

/// <summary>What the environment says about this server, checked as a whole before anything starts.</summary>
public sealed record ServerOptions
{
    /// <summary>PORT; 0 takes a free one.</summary>
    public int Port { get; init; } = 3000;

    /// <summary>PARLEY_BIND: the address to listen on; null for loopback.</summary>
    public IPAddress? Bind { get; init; }

    /// <summary>DATABASE_PATH: the SQLite file.</summary>
    public string DatabasePath { get; init; } = "./data/sessions.db";

    /// <summary>DATABASE_URL: PostgreSQL instead of SQLite.</summary>
    public NpgsqlConnectionStringBuilder? Postgres { get; init; }

    /// <summary>SESSION_EXPIRY_DAYS: how long a session lives unless its author says otherwise; null for ever.</summary>
    public TimeSpan? SessionExpiry { get; init; } = TimeSpan.FromDays(30);

    /// <summary>PARLEY_PUBLIC_URL: how people reach the server, path prefix included, without a slash at the end; null for as they do.</summary>
    public Uri? PublicUrl { get; init; }

    /// <summary>PARLEY_PATH_BASE: the path prefix that a proxy leaves on requests, e.g. <c>/parley</c>.</summary>
    public string PathBase { get; init; } = "";

    /// <summary>PARLEY_TRUST_PROXY: whose X-Forwarded-* headers are believed; empty for nobody's.</summary>
    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    /// <summary>PARLEY_LOG: the form of the log on standard output.</summary>
    public LogForm Log { get; init; }

    /// <summary>PARLEY_CREDENTIALS or its default: the file that gives this machine's commands their key.</summary>
    public required string CredentialsPath { get; init; }

    /// <summary>PARLEY_DATA_KEY: the secret that seals what the database holds of tokens; null for the one in <see cref="DataKeyPath"/>.</summary>
    public byte[]? DataKey { get; init; }

    /// <summary>Where that secret is kept otherwise: beside the SQLite file, or beside the credentials where the database is elsewhere.</summary>
    public string DataKeyPath => Path.Combine(Path.GetDirectoryName(Path.GetFullPath(Postgres is null ? DatabasePath : CredentialsPath))!, "data.key");

    /// <summary>PARLEY_SMTP_URL and PARLEY_MAIL_FROM: by which server mail goes out; null for none. Then <see cref="PublicUrl"/> is set.</summary>
    public MailOptions? Mail { get; init; }

    /// <summary>PARLEY_OIDC_*: by which provider people may sign in; null for none.</summary>
    public OidcOptions? Oidc { get; init; }

    public Limits Limits { get; init; } = new();

    public RelayOptions Relay { get; init; } = new();

    public AgentOptions Agent { get; init; } = new();
}

public enum LogForm
{
    Text,

    /// <summary>One JSON object per line.</summary>
    Json,

    Off,
}

/// <summary>What a stranger may ask of the server. Rates are per minute, and 0 means without limit.</summary>
public sealed record Limits
{
    /// <summary>PARLEY_MAX_ENTRY_BYTES: one line of a bundle.</summary>
    public int EntryBytes { get; init; } = Core.Sessions.BundleReader.DefaultMaxLineBytes;

    /// <summary>PARLEY_MAX_BUNDLE_BYTES: a bundle, compressed or expanded.</summary>
    public long BundleBytes { get; init; } = 512L * 1024 * 1024;

    /// <summary>PARLEY_REQUESTS_PER_KEY: requests with one API key.</summary>
    public int RequestsPerKey { get; init; } = 600;

    /// <summary>PARLEY_REQUESTS_PER_ADDRESS: requests from one address (IPv6: from one /64).</summary>
    public int RequestsPerAddress { get; init; } = 3000;

    /// <summary>PARLEY_APPENDS_PER_ADDRESS: appends, corrections and deltas of the drivers at one address.</summary>
    public int AppendsPerAddress { get; init; } = 6000;

    /// <summary>PARLEY_MISSES_PER_ADDRESS: requests from one address for sessions that it can't read.</summary>
    public int MissesPerAddress { get; init; } = 60;

    /// <summary>PARLEY_STREAMS_PER_SESSION: readers that watch one session on this server.</summary>
    public int StreamsPerSession { get; init; } = 10_000;

    /// <summary>PARLEY_STREAMS_PER_ADDRESS: streams that one address holds open.</summary>
    public int StreamsPerAddress { get; init; } = 200;

    /// <summary>The body of a request that is not a bundle.</summary>
    public const int JsonBytes = 64 * 1024;
}
