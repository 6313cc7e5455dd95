using System.Diagnostics;
using System.Text;
using Xunit;

namespace Parley.EndToEnd.Tests.Networks;

/// <summary>
/// A machine as its network is concerned: Linux namespaces with interfaces and a <c>/run</c> of their own, which are gone with the last process in them.
/// All of those end when it is disposed, or when this process ends in whatever way.
/// </summary>
public sealed class Machine : IAsyncDisposable
{
    // Holds the namespaces until its standard input ends. Addresses are usable at once: nobody else can have them.
    private const string Keeper = """
        mount -t tmpfs tmpfs /run && mkdir /run/dbus && mount -t sysfs sysfs /sys || exit 1
        echo 0 > /proc/sys/net/ipv6/conf/default/accept_dad
        ip link set lo up && echo ready && cat
        exec >/dev/null 2>&1
        here=$(readlink /proc/self/ns/net)
        while [ -z "$empty" ]; do
          empty=yes
          for process in /proc/[0-9]*; do
            pid=${process#/proc/}
            [ "$pid" != $$ ] && [ "$(readlink "$process/ns/net")" = "$here" ] && kill -9 "$pid" && empty=
          done
        done
        """;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _keeper;

    private Machine(Process keeper) => _keeper = keeper;

    /// <summary>Whose namespaces they are.</summary>
    public int ProcessId => _keeper.Id;

    /// <summary>A machine with nothing but its loopback. Skips the test where none can be made.</summary>
    public static async Task<Machine> StartAsync()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/usr/bin/unshare") && Programs.Find("ip") is not null,
            "This test needs network namespaces: Linux with util-linux and iproute2 (`scripts/need iproute2`).");
        var machine = new Machine(Launch(["unshare", "--net", "--mount", "sh", "-c", Keeper]));
        string? line = await machine._keeper.StandardOutput.ReadLineAsync().WaitAsync(Patience);
        Assert.SkipUnless(line == "ready", "This test needs network namespaces: run it as root, where the system allows them.");
        return machine;
    }

    /// <summary>Joins two machines by a cable, which is called the same at both ends.</summary>
    public static Task ConnectAsync(Machine a, Machine b, string cable = "eth0") =>
        a.RunAsync("sh", "-c", $"ip link add {cable} type veth peer name {cable} netns {b.ProcessId} && ip link set {cable} up && nsenter --target {b.ProcessId} --net ip link set {cable} up");

    /// <summary>Gives the machine an address, with the length of its network's prefix.</summary>
    public Task AddAddressAsync(string address, string cable = "eth0") => RunAsync("ip", "address", "add", address, "dev", cable);

    /// <summary>Starts what lets Avahi's own commands work on the machine, and so an Avahi that shares its port with everybody else there.</summary>
    public async Task StartAvahiAsync()
    {
        Assert.SkipUnless(Programs.Find("avahi-daemon") is not null && Programs.Find("avahi-browse") is not null, "This test needs Avahi: `scripts/need avahi` installs it.");
        await StartServiceAsync(Start("dbus-daemon", "--system", "--nofork", "--nopidfile", "--print-address"), process => process.StandardOutput, "/run/dbus");
        await StartServiceAsync(Start("avahi-daemon", "--no-chroot", "--no-rlimits"), process => process.StandardError, "startup complete");
    }

    // Waits until a service has said that it is ready; what it says later is nobody's.
    private static async Task StartServiceAsync(Process service, Func<Process, StreamReader> said, string ready)
    {
        StreamReader reader = said(service);
        var read = new List<string>();
        while (read.Count == 0 || !read[^1].Contains(ready, StringComparison.Ordinal))
            read.Add(await reader.ReadLineAsync().WaitAsync(Patience) ?? throw new InvalidOperationException($"It ended: {string.Join('\n', read)}"));
        _ = reader.ReadToEndAsync();
    }

    /// <summary>What stands before a command so that it runs here.</summary>
    public string[] Enter(string folder) => ["nsenter", "--target", $"{ProcessId}", "--net", "--mount", "--", "env", "-C", folder];

    /// <summary>Starts a program, which ends with the machine at the latest.</summary>
    public Process Start(string program, params string[] arguments) => Launch([.. Enter("/"), Programs.Find(program) ?? program, .. arguments]);

    /// <summary>Runs a program that must succeed.</summary>
    public async Task<string> RunAsync(string program, params string[] arguments)
    {
        using Process process = Start(program, arguments);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync().WaitAsync(Patience);
        await process.WaitForExitAsync().WaitAsync(Patience);
        Assert.True(process.ExitCode == 0, $"{program}: {output}{await error}");
        return output;
    }

    public async ValueTask DisposeAsync()
    {
        _keeper.StandardInput.Close();
        await _keeper.WaitForExitAsync();
        _keeper.Dispose();
    }

    private static Process Launch(string[] command) => Process.Start(new ProcessStartInfo(command[0], command[1..])
    {
        RedirectStandardInput = true,
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        StandardOutputEncoding = Encoding.UTF8,
    })!;
}
