using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Terminals;

namespace Parley.Cli.Servers;

/// <summary><c>parley keys</c>: API keys for other machines.</summary>
internal static class KeysCommand
{
    public static Command Create()
    {
        var command = new Command("keys", "Make, list and revoke API keys for other machines") { CreateKey(), List(), Revoke() };
        command.SetAction(Help.Show);
        return command;
    }

    private static CliCommand CreateKey()
    {
        var name = new Argument<string>("NAME") { Description = "What the key is for, e.g. the machine's name" };
        var command = new CliCommand("create", "Make a key and print it, once, alone on stdout", """
            parley keys create laptop
            """) { name };
        command.SetAction((parsed, cancel) => CreateKeyAsync(parsed.GetRequiredValue(name), cancel));
        return command;
    }

    // On the server's own machine a key can be made without a running server, by its program and in its database.
    private static async Task<int> CreateKeyAsync(string name, CancellationToken cancel)
    {
        Uri address = Settings.Address(Settings.Server());
        Setting? key = Settings.Key(address);
        using var server = new ServerApi(address, key);
        bool byProgram = address.IsLoopback && (key is null || !await server.IsReadyAsync(cancel));
        if (byProgram && ServerProgram.Find() is { } program)
            return await program.RunAsync(["keys", "create", name], cancel);
        if (key is null)
            throw ServerErrors.NoKey(address);
        ApiKey made = await server.CreateKeyAsync(name, cancel);
        Terminal.Out.WriteLine(made.Key);
        return ExitCode.Done;
    }

    private static CliCommand List()
    {
        Option<bool> json = Options.Json("Print the keys as a JSON array");
        var command = new CliCommand("list", "List the keys of your account, without their secret part", """
            parley keys list
            """) { json };
        command.SetAction((parsed, cancel) => ListAsync(parsed.GetValue(json), cancel));
        return command;
    }

    private static async Task ListAsync(bool json, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        IReadOnlyList<ApiKey> keys = (await server.KeysAsync(cancel)).Keys;
        if (json)
        {
            Terminal.Out.WriteLine(JsonSerializer.Serialize(keys, CliJson.Readable.IReadOnlyListApiKey));
            return;
        }
        var table = new Table(new("ID"), new("NAME", Shrinks: true), new("CREATED"));
        foreach (ApiKey key in keys)
            table.Add(key.Id.ToString(), key.Name, Times.Local(key.CreatedAt));
        table.Write(Terminal.Out, Style.OfOut, Terminal.OutIsTerminal ? Terminal.Width : null);
    }

    private static CliCommand Revoke()
    {
        var id = new Argument<string>("ID") { Description = "The key's id in `parley keys list`" };
        var command = new CliCommand("revoke", "End a key: what uses it is refused at once", """
            parley keys revoke 3
            """) { id };
        command.SetAction((parsed, cancel) => RevokeAsync(parsed.GetRequiredValue(id), cancel));
        return command;
    }

    private static async Task RevokeAsync(string id, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        await server.RevokeKeyAsync(id, cancel);
        Terminal.Error.WriteLine($"Key {DisplayText.OneLine(id)} is revoked.");
    }
}
