using System.Security.Cryptography;

namespace Parley.EndToEnd.Tests.Command;

/// <summary>Values that look like secrets, made anew by every run.</summary>
public static class Secret
{
    private const string Alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    public static string GitHubToken() => "ghp" + "_" + RandomNumberGenerator.GetString(Alphanumeric, 36);

    public static string Password() => RandomNumberGenerator.GetString(Alphanumeric, 12) + "7x42" + RandomNumberGenerator.GetString(Alphanumeric, 6);
}
