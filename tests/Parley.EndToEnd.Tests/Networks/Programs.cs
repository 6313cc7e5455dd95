namespace Parley.EndToEnd.Tests.Networks;

/// <summary>Finds programs of the system, those for its administrator included.</summary>
internal static class Programs
{
    public static string? Find(string name) => $"{Environment.GetEnvironmentVariable("PATH")}:/usr/sbin:/sbin".Split(':').Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists);
}
