using System.Globalization;
using System.Net;
using Npgsql;
using Parley.Core.Credentials;
using Parley.Server.Accounts.OpenId;
using Parley.Server.Data;
using Parley.Server.Mail;
using Parley.Server.Relay;
using Parley.Server.Turns;

namespace Parley.Server.Hosting;

/// <summary>Reads <see cref="ServerOptions"/> from environment variables. An empty variable counts as not set.</summary>
/// <param name="variable">Gives a variable's value.</param>
public sealed class ServerEnvironment(Func<string, string?> variable)
{
    private static readonly ServerOptions Defaults = new() { CredentialsPath = "" };

    /// <exception cref="OptionsException">A value makes no sense; the message is one sentence.</exception>
    public ServerOptions Read() => new()
    {
        Port = (int)Number("PORT", Defaults.Port, 0, ushort.MaxValue),
        Bind = Bind(),
        DatabasePath = Text("DATABASE_PATH") ?? Defaults.DatabasePath,
        Postgres = Postgres(),
        SessionExpiry = Number("SESSION_EXPIRY_DAYS", 30, 0, 36_500) is > 0 and var days ? TimeSpan.FromDays(days) : null,
        PublicUrl = PublicUrl(),
        PathBase = PathBase(),
        TrustedProxies = TrustedProxies(),
        Log = Text("PARLEY_LOG") switch
        {
            null or "text" => LogForm.Text,
            "json" => LogForm.Json,
            "off" => LogForm.Off,
            var other => throw Refuse("PARLEY_LOG", "text, json or off", other),
        },
        CredentialsPath = CredentialsFile.DefaultPath(variable),
        DataKey = DataKey(),
        Mail = Mail(),
        Oidc = Oidc(),
        Limits = new Limits
        {
            EntryBytes = (int)Number("PARLEY_MAX_ENTRY_BYTES", Defaults.Limits.EntryBytes, 1024, 256 * 1024 * 1024),
            BundleBytes = Number("PARLEY_MAX_BUNDLE_BYTES", Defaults.Limits.BundleBytes, 1024, 16L * 1024 * 1024 * 1024),
            RequestsPerKey = (int)Number("PARLEY_REQUESTS_PER_KEY", Defaults.Limits.RequestsPerKey, 0, int.MaxValue),
            RequestsPerAddress = (int)Number("PARLEY_REQUESTS_PER_ADDRESS", Defaults.Limits.RequestsPerAddress, 0, int.MaxValue),
            AppendsPerAddress = (int)Number("PARLEY_APPENDS_PER_ADDRESS", Defaults.Limits.AppendsPerAddress, 0, int.MaxValue),
            StreamsPerSession = (int)Number("PARLEY_STREAMS_PER_SESSION", Defaults.Limits.StreamsPerSession, 0, int.MaxValue),
            StreamsPerAddress = (int)Number("PARLEY_STREAMS_PER_ADDRESS", Defaults.Limits.StreamsPerAddress, 0, int.MaxValue),
            MissesPerAddress = (int)Number("PARLEY_MISSES_PER_ADDRESS", Defaults.Limits.MissesPerAddress, 0, int.MaxValue),
        },
        Relay = Relay(),
        Agent = Agent(),
    };

    private RelayOptions Relay() => new()
    {
        IsOn = Text("PARLEY_RELAY") switch
        {
            null or "on" => true,
            "off" => false,
            var other => throw Refuse("PARLEY_RELAY", "on or off", other),
        },
        Rooms = (int)Number("PARLEY_RELAY_ROOMS", Defaults.Relay.Rooms, 0, int.MaxValue),
        RoomsPerAddress = (int)Number("PARLEY_RELAY_ROOMS_PER_ADDRESS", Defaults.Relay.RoomsPerAddress, 0, int.MaxValue),
        PlacesPerRoom = (int)Number("PARLEY_RELAY_PLACES_PER_ROOM", Defaults.Relay.PlacesPerRoom, 0, int.MaxValue),
        Sockets = (int)Number("PARLEY_RELAY_SOCKETS", Defaults.Relay.Sockets, 0, int.MaxValue),
        SocketsPerAddress = (int)Number("PARLEY_RELAY_SOCKETS_PER_ADDRESS", Defaults.Relay.SocketsPerAddress, 0, int.MaxValue),
        MissesPerAddress = (int)Number("PARLEY_RELAY_MISSES_PER_ADDRESS", Defaults.Relay.MissesPerAddress, 0, int.MaxValue),
        BytesPerRoom = Number("PARLEY_RELAY_BYTES_PER_ROOM", Defaults.Relay.BytesPerRoom, 0, long.MaxValue),
        Idle = TimeSpan.FromMinutes(Number("PARLEY_RELAY_IDLE_MINUTES", (long)Defaults.Relay.Idle.TotalMinutes, 1, 525_600)),
        RoomTime = TimeSpan.FromMinutes(Number("PARLEY_RELAY_ROOM_MINUTES", (long)Defaults.Relay.RoomTime.TotalMinutes, 1, 525_600)),
    };

    private AgentOptions Agent() => new()
    {
        ApiKey = Text("PARLEY_ANTHROPIC_API_KEY") ?? Text("ANTHROPIC_API_KEY"),
        BaseUrl = Address("PARLEY_ANTHROPIC_BASE_URL"),
        Model = Text("PARLEY_MODEL") ?? Defaults.Agent.Model,
        Prices = Prices(),
        Budget = Budget(),
        RunnerToken = RunnerToken(),
        TurnsAtOnce = (int)Number("PARLEY_RUNNER_TURNS", Defaults.Agent.TurnsAtOnce, 1, 1000),
        Lease = TimeSpan.FromSeconds(Number("PARLEY_RUNNER_LEASE", (long)Defaults.Agent.Lease.TotalSeconds, 3, 3600)),
        RunnerServer = Address("PARLEY_RUNNER_SERVER"),
    };

    private Uri? Address(string name) => Text(name) is not { } text ? null
        : Uri.TryCreate(text.TrimEnd('/') + '/', UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" ? url
        : throw Refuse(name, "an address like https://example.org", text);

    private ModelPrices Prices() => Text("PARLEY_MODEL_PRICES") is not { } text
        ? ModelPrices.Default
        : ModelPrices.Parse(text)?.Over(ModelPrices.Default)
            ?? throw Refuse("PARLEY_MODEL_PRICES", "US dollars per million tokens, input/output, like claude-sonnet-4-6=3/15,*=5/25", text);

    private Money? Budget() => Text("PARLEY_WORKSPACE_BUDGET") switch
    {
        null => Defaults.Agent.Budget,
        "none" => null,
        var text => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal dollars) && dollars <= 1_000_000
            ? Money.Of(dollars)
            : throw Refuse("PARLEY_WORKSPACE_BUDGET", "none, or US dollars up to 1000000", text),
    };

    // The value is a secret, so the refusal does not show it.
    private string? RunnerToken() => Text("PARLEY_RUNNER_TOKEN") is not { } text || text.Length >= Turns.RunnerToken.MinLength
        ? Text("PARLEY_RUNNER_TOKEN")
        : throw new OptionsException($"PARLEY_RUNNER_TOKEN must have at least {Turns.RunnerToken.MinLength} characters (openssl rand -hex 32).");

    private static OptionsException Refuse(string name, string expected, string value) => new($"{name} must be {expected}, but is \"{value}\".");

    private string? Text(string name) => variable(name) is { Length: > 0 } value ? value : null;

    private long Number(string name, long fallback, long least, long most)
    {
        if (Text(name) is not { } text)
            return fallback;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= least && number <= most
            ? number
            : throw Refuse(name, $"a whole number from {least} to {most}", text);
    }

    private IPAddress? Bind() => Text("PARLEY_BIND") switch
    {
        null or "localhost" => null,
        "*" => IPAddress.IPv6Any,
        var text => IPAddress.TryParse(text, out IPAddress? address) ? address : throw Refuse("PARLEY_BIND", "localhost, * or an IP address", text),
    };

    private NpgsqlConnectionStringBuilder? Postgres()
    {
        try
        {
            return Text("DATABASE_URL") is { } url ? PostgresUrl.Parse(url) : null;
        }
        catch (FormatException e)
        {
            throw new OptionsException($"DATABASE_URL {e.Message}");
        }
    }

    // The value is a secret, so the refusal does not show it.
    private byte[]? DataKey() => Text("PARLEY_DATA_KEY") is not { } text
        ? null
        : Accounts.DataKey.Parse(text) ?? throw new OptionsException($"PARLEY_DATA_KEY must be {Accounts.DataKey.Bytes} bytes in Base64 (openssl rand -base64 32).");

    // Links in mail lead to a configured address, never to the one that a request names: whoever sends a request could name their own.
    private MailOptions? Mail()
    {
        if (Text("PARLEY_SMTP_URL") is not { } url)
            return null;
        if (Text("PARLEY_PUBLIC_URL") is null)
            throw new OptionsException("PARLEY_SMTP_URL needs PARLEY_PUBLIC_URL beside it: the address that links in mail lead to.");
        string? from = Text("PARLEY_MAIL_FROM");
        if (from is not null && EmailAddress.Normalize(from) is null)
            throw Refuse("PARLEY_MAIL_FROM", "an address like parley@example.org", from);
        try
        {
            return MailOptions.Parse(url, from);
        }
        catch (FormatException e)
        {
            throw new OptionsException($"PARLEY_SMTP_URL {e.Message}");
        }
    }

    private OidcOptions? Oidc()
    {
        if (Text("PARLEY_OIDC_ISSUER") is not { } issuer)
            return null;
        if (!OidcOptions.IsIssuer(issuer))
            throw Refuse("PARLEY_OIDC_ISSUER", "an https:// address", issuer);
        return Text("PARLEY_OIDC_CLIENT_ID") is { } id && Text("PARLEY_OIDC_CLIENT_SECRET") is { } secret
            ? new OidcOptions(issuer, id, secret)
            : throw new OptionsException("PARLEY_OIDC_ISSUER needs PARLEY_OIDC_CLIENT_ID and PARLEY_OIDC_CLIENT_SECRET beside it.");
    }

    private Uri? PublicUrl()
    {
        if (Text("PARLEY_PUBLIC_URL") is not { } text)
            return null;
        bool good = Uri.TryCreate(text, UriKind.Absolute, out Uri? url) && url.Scheme is "http" or "https" && url.Query == "" && url.Fragment == "";
        return good ? new Uri(url!.AbsoluteUri.TrimEnd('/')) : throw Refuse("PARLEY_PUBLIC_URL", "an address like https://example.org/parley", text);
    }

    private string PathBase()
    {
        string path = Text("PARLEY_PATH_BASE")?.TrimEnd('/') ?? "";
        return path == "" || (path.StartsWith('/') && Uri.IsWellFormedUriString(path, UriKind.Relative) && path.IndexOfAny(['?', '#']) < 0)
            ? path
            : throw Refuse("PARLEY_PATH_BASE", "a path like /parley", path);
    }

    private IReadOnlyList<IPNetwork> TrustedProxies()
    {
        string text = Text("PARLEY_TRUST_PROXY") ?? "";
        return text == "true"
            ? [IPNetwork.Parse("0.0.0.0/0"), IPNetwork.Parse("::/0")]
            : [.. text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(Network)];
    }

    private static IPNetwork Network(string text)
    {
        if (IPAddress.TryParse(text, out IPAddress? address))
            return new IPNetwork(address, address.GetAddressBytes().Length * 8);
        return IPNetwork.TryParse(text, out IPNetwork network)
            ? network
            : throw Refuse("PARLEY_TRUST_PROXY", "true for any, or addresses and networks like 10.0.0.0/8 separated by commas", text);
    }
}

/// <summary>A setting that makes no sense; the message is one sentence for the person who set it.</summary>
public sealed class OptionsException(string message) : Exception(message);
