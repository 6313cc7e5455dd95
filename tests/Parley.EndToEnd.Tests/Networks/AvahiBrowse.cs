using System.Diagnostics;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary><c>avahi-browse</c>, which goes on telling what it finds: <c>+</c> a name, <c>=</c> what it leads to, <c>-</c> a name that is gone.</summary>
public sealed class AvahiBrowse(Machine machine) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process = machine.Start("avahi-browse", "--resolve", "--parsable", "_claude-sessions._tcp");
    private readonly List<string[]> _told = [];

    /// <summary>Reads until it has told something of a service over one of the families of addresses, and gives that line's fields.</summary>
    public async Task<string[]> SeesAsync(string sign, string service, string family)
    {
        // sign;interface;family;name;type;domain;host;address;port;text
        bool IsMeant(string[] fields) => fields[0] == sign && fields[1] == "eth0" && fields[2] == family && fields[3] == service;
        while (!_told.Exists(IsMeant))
        {
            string? line = await ReadAsync();
            Assert.True(line is not null, $"avahi-browse does not tell {sign} {service} {family}. It told:\n{string.Join('\n', _told.Select(fields => string.Join(';', fields)))}");
            _told.Add(line.Split(';'));
        }
        return _told.Find(IsMeant)!;
    }

    // Null when nothing more comes.
    private async Task<string?> ReadAsync()
    {
        try
        {
            return await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            return null;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
