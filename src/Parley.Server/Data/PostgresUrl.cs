using System.Globalization;
using Npgsql;

namespace Parley.Server.Data;

/// <summary>The URL form of a PostgreSQL address, as libpq documents it: <c>postgres://user:password@host:port/database?sslmode=require</c>.</summary>
public static class PostgresUrl
{
    /// <exception cref="FormatException">The message completes a sentence that begins with the variable's name, and never holds the password.</exception>
    public static NpgsqlConnectionStringBuilder Parse(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("postgres" or "postgresql"))
            throw new FormatException("must look like postgres://user:password@host:5432/database.");
        string[] user = uri.UserInfo.Split(':', 2);
        string database = Uri.UnescapeDataString(uri.AbsolutePath.TrimStart('/'));
        var settings = new NpgsqlConnectionStringBuilder
        {
            Host = uri.Host is { Length: > 0 } host ? host.Trim('[', ']') : "localhost",
            Port = uri.Port > 0 ? uri.Port : 5432,
            Username = user[0] is { Length: > 0 } name ? Uri.UnescapeDataString(name) : null,
            Password = user.Length > 1 ? Uri.UnescapeDataString(user[1]) : null,
        };
        settings.Database = database is { Length: > 0 } ? database : settings.Username;
        foreach (string pair in uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries))
            Apply(settings, pair.Split('=', 2)[0], Uri.UnescapeDataString(pair.Split('=', 2).ElementAtOrDefault(1) ?? ""));
        return settings;
    }

    private static void Apply(NpgsqlConnectionStringBuilder settings, string name, string value)
    {
        switch (name)
        {
            case "sslmode":
                settings.SslMode = SslModeOf(value);
                break;
            case "sslrootcert":
                settings.RootCertificate = value;
                break;
            case "host":
                settings.Host = value;
                break;
            case "port" when int.TryParse(value, CultureInfo.InvariantCulture, out int port):
                settings.Port = port;
                break;
            case "connect_timeout" when int.TryParse(value, CultureInfo.InvariantCulture, out int seconds):
                settings.Timeout = seconds;
                break;
            case "application_name":
                settings.ApplicationName = value;
                break;
            default:
                throw new FormatException($"has a parameter that is not understood: {name}.");
        }
    }

    private static SslMode SslModeOf(string value) => value switch
    {
        "disable" => SslMode.Disable,
        "allow" => SslMode.Allow,
        "prefer" => SslMode.Prefer,
        "require" => SslMode.Require,
        "verify-ca" => SslMode.VerifyCA,
        "verify-full" => SslMode.VerifyFull,
        _ => throw new FormatException("has an sslmode other than disable, allow, prefer, require, verify-ca and verify-full."),
    };
}
