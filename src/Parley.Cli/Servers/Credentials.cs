using Parley.Core.Credentials;

namespace Parley.Cli.Servers;

/// <summary>The keys that the server of this machine wrote for its user.</summary>
internal static class Credentials
{
    private static readonly CredentialsFile File = new(CredentialsFile.DefaultPath(Environment.GetEnvironmentVariable));

    public static string FilePath => File.Path;

    /// <exception cref="Failure">The file is there and can't be read.</exception>
    public static string? Find(Uri server)
    {
        try
        {
            return File.FindKey(server.ToString().TrimEnd('/'));
        }
        catch (CredentialsException e)
        {
            throw new Failure(e.Message);
        }
    }
}
