using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Parley.Server.Data;

/// <summary>Finds the system's own SQLite, which is newer and better kept than one that a package brings along.</summary>
public static class SqliteLibrary
{
    /// <summary>The oldest SQLite that is used: STRICT tables came with 3.37, <c>-&gt;&gt;</c> with 3.38.</summary>
    public static readonly Version Oldest = new(3, 38);

    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.dylib", "winsqlite3.dll", "sqlite3.dll"];

    private static readonly Lazy<Version> Loaded = new(Load);

    /// <summary>The version of the library, loaded once.</summary>
    /// <exception cref="StartupException">There is none, or it is too old.</exception>
    public static Version Version => Loaded.Value;

    private static Version Load()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        try
        {
            raw.SetProvider(new SQLite3Provider_e_sqlite3());
            var version = Version.Parse(raw.sqlite3_libversion().utf8_to_string());
            return version >= Oldest ? version : throw new StartupException(
                $"SQLite {version} is too old: Parley needs {Oldest} or newer. Update the system's SQLite, or set DATABASE_URL to use PostgreSQL.");
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException)
        {
            throw new StartupException("SQLite is missing: install it (Debian: apt install libsqlite3-0), or set DATABASE_URL to use PostgreSQL.", e);
        }
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        foreach (string candidate in Names)
        {
            if (NativeLibrary.TryLoad(candidate, out nint library))
                return library;
        }
        return 0;
    }
}
