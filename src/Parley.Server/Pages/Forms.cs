namespace Parley.Server.Pages;

/// <summary>What pages with forms do: read what was filled in, and go on to a page by GET.</summary>
public static class Forms
{
    /// <summary>What was filled in; nothing where the body is no form.</summary>
    public static async Task<IFormCollection> FormAsync(this HttpContext http) =>
        http.Request.HasFormContentType ? await http.Request.ReadFormAsync(http.RequestAborted) : FormCollection.Empty;

    public static void SeeOther(this HttpContext http, string path)
    {
        http.Response.StatusCode = StatusCodes.Status303SeeOther;
        http.Response.Headers.Location = path;
    }
}
