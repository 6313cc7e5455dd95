using Parley.Core.Transfer;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>The files of a session that arrived, each as it reads once it is the receiver's under an id.</summary>
internal sealed class ReceivedFiles
{
    private const int ChunkBytes = 1024 * 1024;

    // Paths of the receiver's may be longer than those that they replace. More than this is what a hostile sender makes of it.
    private const int MaxGrowth = 4;
    private const long AllowedBytes = 16 * 1024 * 1024;

    private readonly ReceivedSession _received;
    private readonly InstallTarget _target;
    private readonly FolderMapping _folders;
    private readonly TranscriptCopy _main;

    /// <exception cref="TakeoverException">It holds no conversation.</exception>
    public ReceivedFiles(ReceivedSession received, InstallTarget target)
    {
        (_received, _target) = (received, target);
        MachinePath project = MachinePath.TryParse(target.RealProject) ?? throw new TakeoverException($"'{target.ProjectFolder}' can't be a project's folder.");
        _folders = new FolderMapping(received.Origin, project, MachinePath.TryParse(target.ClientFolder), MachinePath.TryParse(target.Home), ".claude");
        if (!received.Files.Contains(SessionFiles.Main))
            throw new TakeoverException("the session has no transcript.");
        _main = TranscriptCopy.Of(PathOf(SessionFiles.Main));
        if (!_main.HasConversation)
            throw new TakeoverException("there is no conversation in the session.");
        Sidecars = [.. received.Files.Where(SessionFiles.IsSidecar).Distinct(StringComparer.Ordinal)];
    }

    /// <summary>Names of the files beside the transcript, with <c>/</c> in them.</summary>
    public IReadOnlyList<string> Sidecars { get; }

    public void WriteMain(string id, Stream output, Func<bool> goOn)
    {
        if (_target.IsOwn)
        {
            Copy(SessionFiles.Main, output);
            return;
        }
        OriginLine.Write(id, _target.Link, _main.Begins, _target.RealProject, output);
        WriteTranscript(_main, SessionFiles.Main, id, OriginLine.IdIn(id), output, goOn);
    }

    public void WriteSidecar(string name, string id, Stream output, Func<bool> goOn)
    {
        if (_target.IsOwn)
            Copy(name, output);
        else if (SessionFiles.IsTranscript(name))
            WriteTranscript(TranscriptCopy.Of(PathOf(name)), name, id, root: [], output, goOn);
        else
            WriteText(name, id, output, goOn);
    }

    private void WriteTranscript(TranscriptCopy transcript, string name, string id, byte[] root, Stream output, Func<bool> goOn)
    {
        PathMapper paths = _folders.Mapper(_received.Id, id);
        long limit = LimitOf(name);
        transcript.Write(new TravelRules(paths.Write) { SessionId = id, Root = root, WorkingDirectory = _folders.WorkingDirectory }, output, () => goOn() && Check(output, limit));
    }

    // In pieces that end where a line ends, if there is one.
    private void WriteText(string name, string id, Stream output, Func<bool> goOn)
    {
        PathMapper paths = _folders.Mapper(_received.Id, id);
        long limit = LimitOf(name);
        using FileStream input = File.OpenRead(PathOf(name));
        var chunk = new byte[ChunkBytes];
        int held = 0;
        while (goOn() && input.Read(chunk, held, chunk.Length - held) is var read and > 0)
        {
            held += read;
            int end = chunk.AsSpan(0, held).LastIndexOf((byte)'\n') + 1;
            if (end == 0 && held == chunk.Length)
                end = held;
            paths.Write(chunk.AsSpan(0, end), output);
            chunk.AsSpan(end, held - end).CopyTo(chunk);
            held -= end;
            Check(output, limit);
        }
        paths.Write(chunk.AsSpan(0, held), output);
    }

    private void Copy(string name, Stream output)
    {
        using FileStream input = File.OpenRead(PathOf(name));
        input.CopyTo(output, ChunkBytes);
    }

    private long LimitOf(string name) => MaxGrowth * new FileInfo(PathOf(name)).Length + AllowedBytes;

    private static bool Check(Stream output, long limit) => output.Position <= limit ? true
        : throw new TakeoverException("the session would grow beyond measure: the folders that its sender names are too short to be any.");

    private string PathOf(string name) => SafePath.Below(_received.Folder, name);
}
