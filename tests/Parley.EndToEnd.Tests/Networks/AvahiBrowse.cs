using System.Diagnostics;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary><c>avahi-browse</c>, which goes on telling what it finds: <c>+</c> a name, <c>=</c> what it leads to, <c>-</c> a name that is gone.</summary>
public sealed class AvahiBrowse(Machine machine) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process = machine.Start("avahi-browse", "--resolve", "--parsable", "_claude-sessions._tcp");
    private readonly List<string> _read = [];

    /// <summary>Reads until it tells something of a service over one of the families of addresses, and gives that line's fields.</summary>
    public async Task<string[]> SeesAsync(string sign, string service, string family)
    {
        while (true)
        {
            string? line = await _process.StandardOutput.ReadLineAsync().WaitAsync(Patience);
            Assert.True(line is not null, $"avahi-browse ended: {string.Join('\n', _read)}");
            _read.Add(line);
            // sign;interface;family;name;type;domain;host;address;port;text
            string[] fields = line.Split(';');
            if (fields[0] == sign && fields[1] == "eth0" && fields[2] == family && fields[3] == service)
                return fields;
        }
    }

    public void Dispose()
    {
        _process.Kill();
        _process.Dispose();
    }
}
