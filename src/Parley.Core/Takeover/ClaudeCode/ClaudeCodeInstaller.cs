using Parley.Core.Credentials;
using Parley.Core.Transcripts.ClaudeCode;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.ClaudeCode;

/// <summary>Installs a session of Claude Code under the receiver's project: <c>projects/PROJECT/ID.jsonl</c> with its sidecars in <c>ID/</c>.</summary>
internal sealed class ClaudeCodeInstaller
{
    private const int BufferBytes = 256 * 1024;

    // Ids are random; more than one that is taken is no accident.
    private const int MaxAttempts = 8;

    private readonly ReceivedFiles _files;
    private readonly InstallTarget _target;
    private readonly string _projects;
    private readonly string _folder;
    private readonly string? _ownId;

    public ClaudeCodeInstaller(ReceivedSession received, InstallTarget target)
    {
        _target = target;
        _files = new ReceivedFiles(received, target);
        _projects = Path.Combine(target.ClientFolder, "projects");
        _folder = Path.Combine(_projects, ProjectFolderName.Of(target.RealProject));
        _ownId = Guid.TryParseExact(received.Id, "D", out Guid id) ? $"{id}" : null;
    }

    public InstalledSession Install(CancellationToken cancel)
    {
        WorkingFolder.CleanUp(_folder);
        using var working = WorkingFolder.In(_folder, _target.NewId());
        for (int attempt = 1; ; attempt++)
        {
            string id = _ownId is not null && !IsTaken(_ownId) ? _ownId : $"{_target.NewId()}";
            Write(working.MainFile, output =>
            {
                _files.WriteMain(id, output, GoOn);
                output.Write(_target.Ending.Span);
            });
            // Whose id is free is not here yet. Looking through all others for each of a thousand sessions would take longer than taking them over.
            if (id != _ownId && SameAs(working.MainFile) is { } there)
                return Installed(there, InstallOutcome.AlreadyThere);
            foreach (string name in _files.Sidecars)
                Write(SafePath.Below(working.Sidecars, name), output => _files.WriteSidecar(name, id, output, GoOn));
            if (working.TryMoveTo(MainFile(id), SidecarFolder(id)))
                return Installed(id, id == _ownId ? InstallOutcome.Installed : InstallOutcome.InstalledAsCopy);
            if (attempt == MaxAttempts)
                throw new IOException($"no session can be added to {_folder}.");
        }

        bool GoOn()
        {
            cancel.ThrowIfCancellationRequested();
            return true;
        }
    }

    private InstalledSession Installed(string id, InstallOutcome outcome) => new(ClaudeCodeReader.Agent, id, MainFile(id), outcome);

    private string MainFile(string id) => Path.Combine(_folder, $"{id}.jsonl");

    private string SidecarFolder(string id) => Path.Combine(_folder, id);

    // A session's id is one of a kind among all projects: whoever looks for it takes the one that was written to last.
    private bool IsTaken(string id) => Directory.Exists(SidecarFolder(id))
        || Directory.GetDirectories(_projects).Any(project => File.Exists(Path.Combine(project, $"{id}.jsonl")));

    // The session of this project that is the same but for its id. It may have been gone on with under its own.
    private string? SameAs(string mainFile)
    {
        long length = new FileInfo(mainFile).Length;
        return new DirectoryInfo(_folder).GetFiles("*.jsonl")
            .Where(file => file.Length == length || file.Name == $"{_ownId}.jsonl")
            .Select(file => Path.GetFileNameWithoutExtension(file.Name))
            .FirstOrDefault(IsSame);
    }

    private bool IsSame(string id) =>
        BeginsWith(MainFile(id), (output, goOn) => _files.WriteMain(id, output, goOn))
        && _files.Sidecars.All(name => BeginsWith(SafePath.Below(SidecarFolder(id), name), (output, goOn) => _files.WriteSidecar(name, id, output, goOn)));

    private static bool BeginsWith(string path, Action<Stream, Func<bool>> write)
    {
        if (!File.Exists(path))
            return false;
        using var file = new FileStream(path, new FileStreamOptions { BufferSize = BufferBytes, Share = FileShare.ReadWrite | FileShare.Delete });
        var comparison = new SameBytes(file);
        write(comparison, () => comparison.AreSame);
        return comparison.AreSame;
    }

    private static void Write(string path, Action<Stream> write)
    {
        PrivateFile.CreateFolder(Path.GetDirectoryName(path)!);
        using FileStream output = PrivateFile.Open(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = BufferBytes });
        write(output);
        output.Flush(flushToDisk: true);
    }
}
