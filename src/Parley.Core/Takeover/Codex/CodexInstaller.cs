using System.Globalization;
using Parley.Core.Credentials;
using Parley.Core.Takeover.ClaudeCode;
using Parley.Core.Transcripts.Codex;
using Parley.Core.Transfer;

namespace Parley.Core.Takeover.Codex;

/// <summary>
/// Installs a session of Codex: one rollout in <c>sessions/YYYY/MM/DD</c>, of the day on which it was begun. The client looks for it there by the id in its
/// name, and enters it in its databases by itself.
/// </summary>
internal sealed class CodexInstaller
{
    private const int BufferBytes = 256 * 1024;

    // Ids are random; more than one that is taken is no accident.
    private const int MaxAttempts = 8;

    // Paths of the receiver's may be longer than those that they replace. More than this is what a hostile sender makes of it.
    private const int MaxGrowth = 4;
    private const long AllowedBytes = 16 * 1024 * 1024;

    private readonly ReceivedSession _received;
    private readonly InstallTarget _target;
    private readonly FolderMapping _folders;
    private readonly RolloutMeta _meta;
    private readonly IReadOnlyList<RolloutPart> _parts;
    private readonly string _sessions;
    private readonly string _folder;

    /// <exception cref="TakeoverException">There is no rollout.</exception>
    public CodexInstaller(ReceivedSession received, InstallTarget target)
    {
        (_received, _target) = (received, target);
        MachinePath project = MachinePath.TryParse(target.RealProject) ?? throw new TakeoverException($"'{target.ProjectFolder}' can't be a project's folder.");
        _folders = new FolderMapping(received.Origin, project, MachinePath.TryParse(target.ClientFolder), MachinePath.TryParse(target.Home), ".codex");
        _meta = (received.Files.Contains(SessionFiles.Main) ? RolloutMeta.Read(PathOf(SessionFiles.Main)) : null)
            ?? throw new TakeoverException("the session has no transcript of Codex.");
        _parts = [.. received.Files.Distinct().Where(name => SessionFiles.NumberOf(name) is not null).OrderBy(SessionFiles.NumberOf).Append(SessionFiles.Main)
            .Select(name => new RolloutPart(PathOf(name), long.MaxValue))];
        _sessions = Path.Combine(target.ClientFolder, RolloutName.Sessions);
        _folder = Path.Combine(_sessions, Begun.ToString("yyyy/MM/dd", CultureInfo.InvariantCulture).Replace('/', Path.DirectorySeparatorChar));
    }

    private DateTime Begun => (_meta.Created ?? DateTimeOffset.UnixEpoch).UtcDateTime;

    public InstalledSession Install(CancellationToken cancel)
    {
        WorkingFolder.CleanUp(_folder);
        using var working = WorkingFolder.In(_folder, _target.NewId());
        Guid? own = Guid.TryParseExact(_received.Id, "D", out Guid parsed) ? parsed : null;
        for (int attempt = 1; attempt <= MaxAttempts; attempt++)
        {
            if (own is { } there && SameAs(there, cancel) is { } path)
                return new InstalledSession(CodexReader.Agent, $"{there}", path, InstallOutcome.AlreadyThere);
            Guid id = own is { } free && !Rollouts(free).Any() ? free : _target.NewId();
            using (FileStream output = PrivateFile.Open(working.MainFile, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = BufferBytes }))
                Write(id, output, cancel);
            if (working.TryMoveTo(PathOf(id), sidecars: working.Sidecars))
                return new InstalledSession(CodexReader.Agent, $"{id}", PathOf(id), id == own ? InstallOutcome.Installed : InstallOutcome.InstalledAsCopy);
        }
        throw new IOException($"no session can be added to {_folder}.");
    }

    private void Write(Guid id, FileStream output, CancellationToken cancel)
    {
        long limit = MaxGrowth * _parts.Sum(part => new FileInfo(part.Path).Length) + AllowedBytes;
        bool hasConversation = Copy(id, output, () =>
        {
            cancel.ThrowIfCancellationRequested();
            return output.Position <= limit ? true
                : throw new TakeoverException("the session would grow beyond measure: the folders that its sender names are too short to be any.");
        });
        if (!hasConversation)
            throw new TakeoverException("there is no conversation in the session.");
        output.Flush(flushToDisk: true);
    }

    private bool Copy(Guid id, Stream output, Func<bool> goOn)
    {
        var rules = new TravelRules(_folders.Mapper(_received.Id, $"{id}").Write) { SessionId = $"{id}", WorkingDirectory = _folders.WorkingDirectory };
        return new RolloutCopy(_parts, _meta).Write(rules, output, goOn);
    }

    // The receiver may have gone on with it: then it only begins so.
    private string? SameAs(Guid id, CancellationToken cancel) => Rollouts(id).FirstOrDefault(path =>
    {
        using var file = new FileStream(path, new FileStreamOptions { BufferSize = BufferBytes, Share = FileShare.ReadWrite | FileShare.Delete });
        var comparison = new SameBytes(file);
        Copy(id, comparison, () =>
        {
            cancel.ThrowIfCancellationRequested();
            return comparison.AreSame;
        });
        return comparison.AreSame;
    });

    private IEnumerable<string> Rollouts(Guid id) =>
        new[] { _sessions, Path.Combine(_target.ClientFolder, RolloutName.Archive) }.SelectMany(folder => RolloutName.FilesIn(folder, id));

    private string PathOf(Guid id) =>
        Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"rollout-{Begun:yyyy-MM-dd'T'HH-mm-ss}-{id}.jsonl"));

    private string PathOf(string name) => SafePath.Below(_received.Folder, name);
}
