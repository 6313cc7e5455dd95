using Parley.Core.Sessions;

namespace Parley.Server.Accounts;

/// <summary>The caller of a request, resolved once before any route runs.</summary>
public static class CallerContext
{
    private static readonly object Key = new();

    public static Caller Caller(this HttpContext http) => http.Items[Key] as Caller ?? Core.Sessions.Caller.Anonymous;

    public static void SetCaller(this HttpContext http, Caller caller) => http.Items[Key] = caller;
}
