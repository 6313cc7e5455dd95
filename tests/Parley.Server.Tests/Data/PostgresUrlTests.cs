using Npgsql;
using Parley.Server.Data;

namespace Parley.Server.Tests.Data;

public sealed class PostgresUrlTests
{
    [Fact]
    public void All_parts_of_the_address_are_read()
    {
        NpgsqlConnectionStringBuilder settings = PostgresUrl.Parse("postgres://ada:p%40ss%3Aword@db.example.org:6543/par%20ley");

        Assert.Equal(("db.example.org", 6543, "par ley"), (settings.Host, settings.Port, settings.Database));
        Assert.Equal(("ada", "p@ss:word"), (settings.Username, settings.Password));
    }

    [Fact]
    public void What_is_left_out_has_the_usual_meaning()
    {
        NpgsqlConnectionStringBuilder settings = PostgresUrl.Parse("postgresql://ada@[::1]");

        Assert.Equal(("::1", 5432, "ada"), (settings.Host, settings.Port, settings.Database));
        Assert.Null(settings.Password);
    }

    [Theory]
    [InlineData("disable", SslMode.Disable)]
    [InlineData("allow", SslMode.Allow)]
    [InlineData("prefer", SslMode.Prefer)]
    [InlineData("require", SslMode.Require)]
    [InlineData("verify-ca", SslMode.VerifyCA)]
    [InlineData("verify-full", SslMode.VerifyFull)]
    public void The_ssl_mode_is_libpqs(string name, SslMode mode) =>
        Assert.Equal(mode, PostgresUrl.Parse($"postgres://u@h/d?sslmode={name}").SslMode);

    [Fact]
    public void Other_parameters_are_read()
    {
        NpgsqlConnectionStringBuilder settings =
            PostgresUrl.Parse("postgres://u@localhost/d?host=%2Frun%2Fpg&port=6000&connect_timeout=7&application_name=mine&sslrootcert=%2Fca.pem");

        Assert.Equal(("/run/pg", 6000, 7), (settings.Host, settings.Port, settings.Timeout));
        Assert.Equal(("mine", "/ca.pem"), (settings.ApplicationName, settings.RootCertificate));
    }

    [Theory]
    [InlineData("localhost:5432")]
    [InlineData("Host=localhost;Password=hunter22")]
    [InlineData("http://u:hunter22@h/d")]
    [InlineData("postgres://u:hunter22@h/d?sslmode=maybe")]
    [InlineData("postgres://u:hunter22@h/d?pool=3")]
    [InlineData("postgres://u:hunter22@h/d?port=many")]
    public void What_is_not_understood_is_refused_without_telling_the_password(string url) =>
        Assert.DoesNotContain("hunter22", Assert.Throws<FormatException>(() => PostgresUrl.Parse(url)).Message, StringComparison.Ordinal);
}
