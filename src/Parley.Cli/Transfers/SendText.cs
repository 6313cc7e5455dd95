using Parley.Cli.Terminals;

namespace Parley.Cli.Transfers;

/// <summary>What the sender is to tell the receiver, in words.</summary>
internal static class SendText
{
    /// <summary>What everybody is told before they send.</summary>
    public const string Warning =
        "A transcript holds the full conversation: every prompt, every file that was read, every command's output. Hand it only to people you trust.";

    /// <summary>What is written instead when it goes out redacted.</summary>
    public const string RedactedWarning =
        "Recognised secrets, personal paths and names are taken out; what is left is the full conversation. Hand it only to people you trust.";

    public static void Write(SendReady ready)
    {
        Style style = Style.OfOut;
        Terminal.Out.WriteLine("The receiver types:");
        Terminal.Out.WriteLine();
        Terminal.Out.WriteLine($"  {style.Bold(ready.Command)}");
        Terminal.Out.WriteLine();
        if (ready.Passphrase is { } passphrase)
            Terminal.Out.WriteLine($"Passphrase: {style.Bold(passphrase)}    (tell it to nobody else)");
        if (ready.Room is { } room)
            WriteRoom(room, ready.Relay ?? "");
        else
            Terminal.Out.WriteLine($"Service {ready.Service}, port {ready.Port}");
        foreach (string address in ready.Addresses ?? [])
            Terminal.Out.WriteLine(style.Dim($"  or, where the network hides it: parley receive --to {address}"));
    }

    private static void WriteRoom(string room, string relay)
    {
        Terminal.Out.WriteLine($"Room {room} at {relay}");
        if (Uri.TryCreate(relay, UriKind.Absolute, out Uri? address) && address.IsLoopback)
            Terminal.Out.WriteLine(Style.OfOut.Warning("This relay is on this machine, and no other one reaches it by that address: name a server that both of you reach, with --relay URL."));
    }
}
