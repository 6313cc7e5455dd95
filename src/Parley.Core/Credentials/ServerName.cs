namespace Parley.Core.Credentials;

/// <summary>One spelling for the address of a server.</summary>
public static class ServerName
{
    /// <summary>
    /// Scheme, host, port and path in lower case where case means nothing, without a slash at the end; 127.0.0.1 and [::1] become localhost.
    /// What is not an address stays as it is.
    /// </summary>
    public static string Of(string server)
    {
        if (!Uri.TryCreate(server.Trim(), UriKind.Absolute, out Uri? uri) || uri.Scheme is not ("http" or "https"))
            return server;
        string host = uri.Host is "127.0.0.1" or "[::1]" ? "localhost" : uri.Host;
        string port = uri.IsDefaultPort ? "" : $":{uri.Port}";
        return $"{uri.Scheme}://{host}{port}{uri.AbsolutePath.TrimEnd('/')}";
    }
}
