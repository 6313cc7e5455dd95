using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Components;
using Parley.Core.Rendering;
using Parley.Core.Sessions;
using Parley.Server.Pages.Room;
using Parley.Server.Sessions;

namespace Parley.Server.Pages;

/// <summary>
/// Writes the pages of a session: the frame comes from Razor, the entries are the fragments that intake rendered. Who may read is decided
/// before anything here is asked.
/// </summary>
public sealed class SessionPages(SessionLog log, PageRenderer renderer, WebAssets assets, HotPages hot)
{
    /// <summary>Hits that a search shows.</summary>
    public const int MaxHits = 100;

    /// <summary>The longest text that is searched for.</summary>
    public const int MaxQuery = 200;

    /// <summary>Prompts that the table of prompts lists.</summary>
    public const int MaxPrompts = 2000;

    /// <param name="session">The session, which the caller may read.</param>
    /// <param name="window">Which entries.</param>
    /// <param name="address">Where the page is: its absolute root and its path prefix.</param>
    /// <param name="isOwner">Whether its owner reads it.</param>
    /// <param name="cancel">Ends the reading.</param>
    public ValueTask<HotPage> ReadAsync(SessionRecord session, SessionWindow window, PageAddress address, bool isOwner, CancellationToken cancel) =>
        KeptAsync(session, address, $"{window.After}+{window.Count}@{window.At}{(isOwner ? " owner" : "")}", () =>
            WriteAsync<SessionPage>(session, window, address, new() { ["IsOwner"] = isOwner }, cancel));

    /// <summary>The page of a workspace for one of its members. Not kept: it is another one for each of them.</summary>
    public Task<byte[]> RoomAsync(SessionRecord session, SessionWindow window, PageAddress address, RoomView view, CancellationToken cancel) =>
        WriteAsync<RoomPage>(session, window, address, new() { ["View"] = view, ["Frame"] = Frame(address) with { IsSignedIn = true } }, cancel);

    /// <summary>The table of all prompts.</summary>
    public ValueTask<HotPage> PromptsAsync(SessionRecord session, PageAddress address, CancellationToken cancel) =>
        KeptAsync(session, address, "prompts", async () =>
        {
            var prompts = new List<PromptLine>();
            await foreach (StoredEntry stored in log.ReadAsync(session.Id, 0, long.MaxValue, cancel))
            {
                if (Prompt.Line(stored.Entry) is { } line)
                    prompts.Add(new PromptLine(stored.Seq, line));
                if (prompts.Count == MaxPrompts)
                    break;
            }
            return await renderer.BytesAsync<PromptsPage>(new() { ["Frame"] = Frame(address), ["Session"] = session, ["Prompts"] = prompts });
        });

    /// <summary>Where the text stands in the session. Not kept: nobody asks the same twice.</summary>
    public async ValueTask<byte[]> SearchAsync(SessionRecord session, string query, PageAddress address, CancellationToken cancel)
    {
        query = query.Length > MaxQuery ? query[..MaxQuery] : query;
        IReadOnlyList<SearchHit> hits = query.Trim().Length == 0 ? [] : await log.SearchAsync(session.Id, query.Trim(), MaxHits, cancel);
        return await renderer.BytesAsync<SearchPage>(new() { ["Frame"] = Frame(address), ["Session"] = session, ["Query"] = query, ["Hits"] = hits });
    }

    public PageFrame Frame(PageAddress address) => new(assets, address);

    private async ValueTask<HotPage> KeptAsync(SessionRecord session, PageAddress address, string view, Func<Task<byte[]>> write)
    {
        var key = new PageKey(session.Id, session.Version, $"{address.Root} {address.Prefix} {address.Token} {view}");
        if (hot.Find(key) is { } kept)
            return kept;
        var page = new HotPage(await write());
        hot.Keep(key, page);
        return page;
    }

    private async Task<byte[]> WriteAsync<TPage>(
        SessionRecord session, SessionWindow window, PageAddress address, Dictionary<string, object?> parameters, CancellationToken cancel) where TPage : IComponent
    {
        List<Fragment> fragments = await FragmentsAsync(session, window, cancel);
        List<Rewind> rewinds = await log.ReadRewindsAsync(session.Id, cancel);
        parameters.TryAdd("Frame", Frame(address));
        string page = await renderer.RenderAsync<TPage>(new(parameters)
        {
            ["Session"] = session,
            ["First"] = fragments.Count > 0 ? fragments[0].Seq : 0,
            ["Last"] = fragments.Count > 0 ? fragments[^1].Seq : 0,
        });
        int entries = page.IndexOf(SessionPage.EntriesMarker, StringComparison.Ordinal);
        var html = new ArrayBufferWriter<byte>(page.Length + fragments.Sum(f => f.Html.Length + 256));
        Encoding.UTF8.GetBytes(page.AsSpan(0, entries), html);
        WriteEntries(fragments, rewinds, window.At, Encoding.UTF8.GetBytes(address.OfSession(session.Id)), html);
        Encoding.UTF8.GetBytes(page.AsSpan(entries + SessionPage.EntriesMarker.Length), html);
        return html.WrittenSpan.ToArray();
    }

    // The log gives fewer at once where entries are large.
    private async ValueTask<List<Fragment>> FragmentsAsync(SessionRecord session, SessionWindow window, CancellationToken cancel)
    {
        var fragments = new List<Fragment>(window.Count);
        for (long after = window.After; fragments.Count < window.Count && after < session.LastSeq; after = fragments[^1].Seq)
        {
            IReadOnlyList<Fragment> read = await log.ReadFragmentsAsync(session.Id, after, window.Count - fragments.Count, cancel);
            if (read.Count == 0)
                break;
            fragments.AddRange(read);
        }
        return fragments;
    }

    private static void WriteEntries(List<Fragment> fragments, List<Rewind> rewinds, long? at, byte[] address, ArrayBufferWriter<byte> html)
    {
        string? open = fragments.Find(f => f.Seq == at)?.Thread;
        var list = new EntryList(html, rewinds);
        foreach (Fragment fragment in fragments)
        {
            bool leadsToIt = (fragment.Thread is not null && fragment.Thread == open) || (at is { } seq && list.AreTogether(seq, fragment.Seq));
            list.Next(fragment.Seq, fragment.Thread, fragment.Html, leadsToIt);
            Write(fragment.Html, address, html);
        }
        list.End();
    }

    private static void Write(ReadOnlySpan<byte> fragment, byte[] address, ArrayBufferWriter<byte> html)
    {
        while (fragment.IndexOf(EntryRenderer.BaseMarker) is var at and >= 0)
        {
            html.Write(fragment[..at]);
            html.Write(address);
            fragment = fragment[(at + EntryRenderer.BaseMarker.Length)..];
        }
        html.Write(fragment);
    }
}
