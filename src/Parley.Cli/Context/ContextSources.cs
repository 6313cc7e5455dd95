using System.Buffers;
using Parley.Cli.LocalSessions;
using Parley.Cli.Sharing;
using Parley.Core.Context;
using Parley.Core.Redaction;
using Parley.Core.Transcripts;

namespace Parley.Cli.Context;

/// <summary>Where on this machine the context of a session is: the folder of its project, and the client that keeps memory and configuration.</summary>
internal sealed class ContextSources(string project, string clientFolder, RedactionOptions redaction)
{
    public string Project => project;

    /// <summary>The sources of a session of this machine.</summary>
    /// <exception cref="Failure">Its folder is not there.</exception>
    public static ContextSources Of(TranscriptInfo transcript) => transcript.WorkingDirectory is { Length: > 0 } folder && Directory.Exists(folder)
        ? new ContextSources(folder, LocalCatalog.ClientFolder, Machine.Redaction(transcript))
        : throw new Failure($"the folder of the session, {transcript.WorkingDirectory ?? "which it does not name"}, is not on this machine: its files can't be shared from here.");

    /// <summary>The sources of the project that the current folder is in.</summary>
    public static ContextSources OfThisFolder() => new(ProjectFolder.RepositoryOf(Environment.CurrentDirectory), LocalCatalog.ClientFolder, Machine.Redaction());

    /// <summary>What of a folder goes along.</summary>
    /// <param name="path">The folder as a person names it.</param>
    /// <param name="chosen">Paths that are taken though they hold secrets, as <see cref="ContextPath.Join"/> writes them.</param>
    /// <param name="cancel">Ends it.</param>
    /// <exception cref="Failure">There is no such folder in the project, or nothing in it to share.</exception>
    public ContextSource Folder(string path, IReadOnlySet<string> chosen, CancellationToken cancel)
    {
        string name = ProjectFolder.Find(project, Environment.CurrentDirectory, path)
            ?? throw new Failure($"there is no folder '{path}' in {project}. Name one of the project, e.g. --files src.");
        IEnumerable<WalkedFile> files = FolderWalk.Of(project, name, cancel)
            ?? throw new Failure($"'{path}' is ignored by the project's .gitignore, and nothing of it is shared.");
        HashSet<string> below = [.. chosen.Select(place => ContextPath.Below(name, ContextPath.Tidy(place))).OfType<string>()];
        var plan = SnapshotPlan.Of(name, files, below, SnapshotPlan.Read, cancel);
        return plan.Files.Count > 0 || plan.LeftOut.Count > 0
            ? new ContextSource(ContextKind.Files, plan, SnapshotPlan.Read)
            : throw new Failure($"there are no files in '{path}'.");
    }

    /// <summary>The project's memory, which is prose: secrets and personal paths are taken out of it instead of leaving files out.</summary>
    /// <exception cref="Failure">There is none.</exception>
    public ContextSource Memory(CancellationToken cancel)
    {
        List<WalkedFile> files = [.. ProjectMemory.Files(project, clientFolder, cancel)];
        if (files.Count == 0)
            throw new Failure($"the project in {project} has no CLAUDE.md, and Claude Code has no memory of it.");
        Dictionary<string, byte[]> clean = Redact(files);
        byte[]? Read(string path) => clean.GetValueOrDefault(path);
        return new ContextSource(ContextKind.Memory, SnapshotPlan.Of(ProjectMemory.Name, files, new HashSet<string>(), Read, cancel), Read);
    }

    /// <summary>The MCP servers of the client's configuration, for this project and everywhere.</summary>
    public IReadOnlyList<ConfiguredServer> Servers() => ConfiguredServers.Of(project, clientFolder);

    private Dictionary<string, byte[]> Redact(IEnumerable<WalkedFile> files)
    {
        var contents = new Dictionary<string, byte[]>();
        foreach (WalkedFile file in files)
        {
            if (!file.IsLink && SnapshotPlan.Read(file.FullName) is { } content)
                contents[file.FullName] = content;
        }
        var redactor = new Redactor(redaction);
        foreach (byte[] content in contents.Values)
            redactor.LearnText(content);
        foreach ((string path, byte[] content) in contents.ToArray())
        {
            var output = new ArrayBufferWriter<byte>(content.Length + 1);
            redactor.RedactText(content, output);
            contents[path] = output.WrittenSpan.ToArray();
        }
        return contents;
    }
}

/// <summary>Something of this machine that becomes a resource: its plan, and how its files are read again.</summary>
internal sealed record ContextSource(ContextKind Kind, SnapshotPlan Plan, Func<string, byte[]?> Read);
