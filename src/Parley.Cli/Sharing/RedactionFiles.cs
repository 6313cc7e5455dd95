using Parley.Cli.Servers;
using Parley.Cli.Terminals;
using Parley.Core.Redaction;

namespace Parley.Cli.Sharing;

/// <summary>
/// The user's own <c>redaction.json</c> and the project's. Somebody else may have written the project's, so it can only have more taken out.
/// </summary>
internal static class RedactionFiles
{
    public static string OfUser { get; } = Path.Combine(ConfigFile.Folder, RedactionFile.FileName);

    public static string OfProject(string folder) => Path.Combine(folder, ".parley", RedactionFile.FileName);

    /// <summary>The options with what both files ask for.</summary>
    /// <param name="options">What holds without them.</param>
    /// <param name="project">The project's folder, which need not be on this machine.</param>
    /// <exception cref="Failure">A file is there and can't be used.</exception>
    public static RedactionOptions AddTo(RedactionOptions options, string? project)
    {
        options = Read(OfUser).AddTo(options);
        return Directory.Exists(project) ? Read(OfProject(project)).WithoutAllow().AddTo(options) : options;
    }

    // Only a file that is certainly not there is passed over: one that can't be looked at might name what must not go out.
    private static RedactionFile Read(string path)
    {
        try
        {
            return RedactionFile.Read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return new RedactionFile();
        }
        catch (RedactionFileException e)
        {
            throw new Failure(DisplayText.OneLine(e.Message));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Failure($"{path} can't be read: {e.Message}");
        }
    }
}
