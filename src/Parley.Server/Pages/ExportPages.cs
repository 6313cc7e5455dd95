using Parley.Core.Rendering.Export;
using Parley.Core.Sessions;
using Parley.Server.Accounts;
using Parley.Server.Audit;
using Parley.Server.Sessions;

namespace Parley.Server.Pages;

/// <summary>The page on which a session is taken along, and the files that it leads to: to be read, or to be gone on with.</summary>
public static class ExportPages
{
    /// <summary>The page; with <c>?as=md</c> or <c>?as=html</c> the file.</summary>
    public static async Task ShowAsync(HttpContext http, PageDoor door, SessionLog log, AuditTrail trail)
    {
        if (await door.OpenAsync(http) is not { Session: var session, Address: var address })
            await PageResponse.NotFoundAsync(http);
        else if (http.Request.Query["as"].ToString() is "md" or "html")
            await SendFileAsync(http, session, http.Request.Query["as"]!, log, trail);
        else
            await PageResponse.SendAsync<ExportPage>(http, new() { ["Session"] = session, ["Back"] = address.OfSession(session.Id) });
    }

    private static async Task SendFileAsync(HttpContext http, SessionRecord session, string form, SessionLog log, AuditTrail trail)
    {
        trail.Note(session, AuditAction.ReadBundle, Actor.Of(http.Caller(), http));
        http.Response.ContentType = form == "md" ? "text/markdown; charset=utf-8" : "text/html; charset=utf-8";
        http.Response.Headers.ContentSecurityPolicy = PagesApi.ImagePolicy;
        http.Response.Headers.ContentDisposition = $"attachment; filename=\"{session.Id}.{form}\"";
        // Exports are written to a file, as the command writes them; a large session never stands in memory.
        await using var file = new FileStream(
            Path.GetTempFileName(), FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 64 * 1024, FileOptions.DeleteOnClose | FileOptions.Asynchronous);
        IEnumerable<Entry> entries = log.ReadAsync(session.Id, 0, session.LastSeq, http.RequestAborted).Select(stored => stored.Entry).ToBlockingEnumerable(http.RequestAborted);
        await Task.Run(() => Write(form, session.Header, entries, file), http.RequestAborted);
        file.Position = 0;
        http.Response.ContentLength = file.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
            await file.CopyToAsync(http.Response.Body, http.RequestAborted);
    }

    private static void Write(string form, SessionHeader header, IEnumerable<Entry> entries, Stream file)
    {
        if (form == "md")
            MarkdownExport.Write(header, entries, file);
        else
            HtmlExport.Write(header, entries, file);
    }
}
