using System.CommandLine;
using System.Text.Json;
using Parley.Cli.Control;
using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Context;

namespace Parley.Cli.Context;

/// <summary><c>parley context</c>: what the agent of a shared session may use beside the conversation, and who else may.</summary>
internal static class ContextCommand
{
    public static Command Create()
    {
        Argument<string> session = Session();
        Option<bool> json = Options.Json("Print the resources as a JSON array");
        var list = new CliCommand("list", "List what was added, and who may use it", """
            parley context list 4fK9xQ2mZp1a
            """) { session, json };
        list.SetAction((parsed, cancel) => ListAsync(parsed.GetRequiredValue(session), parsed.GetValue(json), cancel));
        var command = new CliCommand("context", "Say which files, memory and MCP servers a shared session's agent may use", """
            parley context add 4fK9xQ2mZp1a --files server/src/service --memory
            parley context list 4fK9xQ2mZp1a
            parley context permit 4fK9xQ2mZp1a server/src/service members
            parley context remove 4fK9xQ2mZp1a server/src/service
            """) { list, Add(), Permit(), Remove() };
        command.SetAction(Help.Show);
        return command;
    }

    private static CliCommand Add()
    {
        Argument<string> session = Session();
        var choice = new ContextOptions();
        var preview = new Option<bool>("--preview") { Description = "Show which files would go along and which stay; upload nothing" };
        var command = new CliCommand("add", "Upload folders, memory and the names of MCP servers; they are private until you permit them", """
            parley context add 4fK9xQ2mZp1a --files server/src/service --files web
            parley context add 4fK9xQ2mZp1a --files config --choose config/test.env    a file with secrets, by its own name
            parley context add 4fK9xQ2mZp1a --files . --preview
            """) { session, preview };
        choice.AddTo(command);
        command.Validators.Add(parsed =>
        {
            if (choice.Of(parsed).IsEmpty)
                parsed.AddError("say what to add: --files FOLDER, --memory or --mcp NAME.");
        });
        command.SetAction((parsed, cancel) => parsed.GetValue(preview)
            ? Task.Run(() => Preview(choice.Of(parsed), choice.ChosenOf(parsed), cancel), CancellationToken.None)
            : AddAsync(parsed.GetRequiredValue(session), choice.Of(parsed), choice.ChosenOf(parsed), cancel));
        return command;
    }

    private static CliCommand Permit()
    {
        Argument<string> session = Session(), name = Resource();
        var permission = new Argument<string>("PERMISSION") { Description = "private, agent (the agent may use it) or members (they may open it too)" };
        permission.AcceptOnlyFromAmong("private", "agent", "members");
        var command = new CliCommand("permit", "Say who may use a resource, at once also for a turn that runs", """
            parley context permit 4fK9xQ2mZp1a server/src/service agent
            """) { session, name, permission };
        command.SetAction(async (parsed, cancel) =>
        {
            using var server = ServerApi.Connect();
            string id = SharedName.SessionId(parsed.GetRequiredValue(session), server.Address);
            SharedResource resource = await FindAsync(server, id, parsed.GetRequiredValue(name), cancel);
            SharedResource now = await server.PermitAsync(id, resource.ResourceId, parsed.GetRequiredValue(permission), cancel);
            Terminal.Error.WriteLine($"{DisplayText.OneLine(now.Name)}: {WordsOf(now)}");
        });
        return command;
    }

    private static CliCommand Remove()
    {
        Argument<string> session = Session(), name = Resource();
        var command = new CliCommand("remove", "Take a resource away, with its files on the server", """
            parley context remove 4fK9xQ2mZp1a memory
            """) { session, name };
        command.SetAction(async (parsed, cancel) =>
        {
            using var server = ServerApi.Connect();
            string id = SharedName.SessionId(parsed.GetRequiredValue(session), server.Address);
            SharedResource resource = await FindAsync(server, id, parsed.GetRequiredValue(name), cancel);
            await server.RemoveResourceAsync(id, resource.ResourceId, cancel);
            Terminal.Error.WriteLine($"{DisplayText.OneLine(resource.Name)} is gone from the server.");
        });
        return command;
    }

    private static async Task ListAsync(string session, bool json, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        IReadOnlyList<SharedResource> resources = (await server.ContextAsync(SharedName.SessionId(session, server.Address), cancel)).Resources;
        if (json)
            Terminal.Out.WriteLine(JsonSerializer.Serialize(resources, CliJson.Readable.IReadOnlyListSharedResource));
        else if (resources.Count == 0)
            Terminal.Error.WriteLine("Nothing but the conversation is there. `parley context add SESSION --files FOLDER` adds a folder.");
        else
            Draw(resources);
    }

    private static void Draw(IReadOnlyList<SharedResource> resources)
    {
        var table = new Table(new("KIND"), new("NAME", Shrinks: true), new("FILES", RightAligned: true), new("SIZE", RightAligned: true), new("WHO MAY USE IT"));
        foreach (SharedResource resource in resources)
        {
            bool hasFiles = resource.Kind != ContextNames.Name(ContextKind.Mcp);
            table.Add(resource.Kind, resource.Name, hasFiles ? $"{resource.Files}" : "-", hasFiles ? Sizes.Of(resource.Bytes) : "-", WordsOf(resource));
        }
        table.Write(Terminal.Out, Style.OfOut, Terminal.OutIsTerminal ? Terminal.Width : null);
    }

    private static string WordsOf(SharedResource resource) => resource switch
    {
        { Locked: true } => "nobody, ever",
        { Complete: false } => "nobody: it has not arrived whole",
        _ => ContextNames.ParsePermission(resource.Permission) switch
        {
            ContextPermission.Agent => "the agent",
            ContextPermission.Members => "the agent, and members open it",
            _ => "nobody",
        },
    };

    private static async Task AddAsync(string session, ContextChoice choice, IReadOnlySet<string> chosen, CancellationToken cancel)
    {
        using var server = ServerApi.Connect();
        server.WarnIfReadableOnTheWay();
        string id = SharedName.SessionId(session, server.Address);
        await ContextUpload.SendAsync(server, id, ContextSources.OfThisFolder(), choice, chosen, ContextText.Write, cancel);
        Terminal.Error.WriteLine($"Nobody may use it yet: `parley context permit {id} NAME agent` lets the agent.");
    }

    private static void Preview(ContextChoice choice, IReadOnlySet<string> chosen, CancellationToken cancel)
    {
        foreach (ContextSource source in ContextUpload.Plan(ContextSources.OfThisFolder(), choice, chosen, cancel))
        {
            foreach (PlannedFile file in source.Plan.Files)
                Terminal.Out.WriteLine(DisplayText.OneLine(ContextPath.Join(source.Plan.Name, file.Path)));
            ContextText.WriteLeftOut(source.Plan);
        }
    }

    private static async Task<SharedResource> FindAsync(ServerApi server, string id, string name, CancellationToken cancel) =>
        (await server.ContextAsync(id, cancel)).Resources.FirstOrDefault(resource => resource.Name == name || resource.Name == ContextPath.Tidy(name))
        ?? throw new Failure($"the session's context has no '{DisplayText.OneLine(name)}'. `parley context list {id}` shows what it has.");

    private static Argument<string> Session() => new("SESSION") { Description = "The id of a shared session, or its link" };

    private static Argument<string> Resource() => new("NAME") { Description = "A folder, memory, or an MCP server, as the list calls it" };
}
