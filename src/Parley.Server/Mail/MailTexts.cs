using System.Globalization;
using System.Text;
using Parley.Server.Workspaces;

namespace Parley.Server.Mail;

/// <summary>What the server writes to people. Names and titles in it are other people's words: one short line each.</summary>
public static class MailTexts
{
    /// <summary>Characters of a name or a title in a mail.</summary>
    public const int MaxWords = 100;

    public static OutgoingMail Invitation(Invitation invitation, string inviter, string title, Uri root) => new(
        invitation.Email!,
        $"{Line(inviter)} invites you to a session",
        $"""
        {Line(inviter)} invites you to the session “{Line(title)}” on Parley.

        To see what it is and to join, open:

        {Link(root, $"/i/{invitation.Secret}")}

        The link works once and until {invitation.ExpiresAt.UtcDateTime.ToString("d MMMM yyyy, HH:mm", CultureInfo.InvariantCulture)} UTC, and it is yours alone: whoever opens it joins with your address. If you
        don't know who sends this, do nothing.

        """);

    public static OutgoingMail SignIn(string to, string code, string? afterwards, TimeSpan lifetime, Uri root) => new(
        to,
        "Your link to sign in",
        $"""
        This link signs you in, once, within {lifetime.TotalMinutes} minutes:

        {Link(root, $"/sign-in/{code}{(afterwards is null ? "" : $"?to={Uri.EscapeDataString(afterwards)}")}")}

        If it was not you who asked for it, do nothing: without it nobody gets in.

        """,
        ToAccountsOnly: true);

    public static OutgoingMail NewAddress(string to, string account, string code, TimeSpan lifetime, Uri root) => new(
        to,
        "Confirm your address",
        $"""
        {Line(account)} gives this as their address on Parley. If that is you, confirm it within {lifetime.TotalMinutes} minutes, in the browser in which you are signed in:

        {Link(root, $"/sign-in/{code}")}

        If it is not, do nothing.

        """);

    /// <summary>That somebody was called by name while they were away: by whom and where, and not what for.</summary>
    public static OutgoingMail Called(string to, IReadOnlyList<string> who, string title, string path, Uri root) => Missed(
        to, $"{Names(who)} mentioned you", $"{Names(who)} mentioned you in “{Line(title)}” on Parley while you were away. To read it, open:", path, root);

    /// <summary>That the agent waits for somebody's word.</summary>
    public static OutgoingMail Asked(string to, string prompter, string title, string path, Uri root) => Missed(
        to, "Claude waits for your word", $"In “{Line(title)}” on Parley Claude asks to be allowed something, for {Line(prompter)}. It waits some minutes. To decide, open:", path, root);

    private static OutgoingMail Missed(string to, string subject, string what, string path, Uri root) => new(
        to,
        subject,
        $"""
        {what}

        {Link(root, path)}

        You get no other mail of this kind from there until you have been there again. To get none at all, turn it off:

        {Link(root, "/account#mail")}

        """);

    // "Ann", "Ann and Ben", "Ann, Ben and 2 others".
    private static string Names(IReadOnlyList<string> names) => names.Count switch
    {
        1 => Line(names[0]),
        2 => $"{Line(names[0])} and {Line(names[1])}",
        var count => $"{Line(names[0])}, {Line(names[1])} and {(count == 3 ? "one other" : $"{count - 2} others")}",
    };

    /// <summary>Other people's words as they stand in a mail: no line breaks, nothing that turns the direction of what follows, not too many.</summary>
    public static string Line(string words)
    {
        var line = new StringBuilder();
        foreach (Rune rune in words.EnumerateRunes().Take(MaxWords))
            line.Append(Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? " " : rune.ToString());
        return line.ToString().Trim();
    }

    private static string Link(Uri root, string path) => root.AbsoluteUri.TrimEnd('/') + path;
}
