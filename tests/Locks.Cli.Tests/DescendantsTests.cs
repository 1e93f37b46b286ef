using System.Diagnostics;
using Locks.Cli.Processes;
using Xunit;

namespace Locks.Cli.Tests;

public sealed class DescendantsTests
{
    [Fact]
    public void AProcess_IsFound_AmongTheDescendantsOfItsAncestors_UnlessItsBranchIsLeftOut()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descendants are found by /proc, which Linux has.");
        // A shell that has a child of its own and waits for it; both end with the shell's standard input.
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", "cat; true"]) { RedirectStandardInput = true })!;
        try
        {
            Assert.Contains(shell.Id, Descendants.Of(Environment.ProcessId, except: 0));
            Assert.DoesNotContain(shell.Id, Descendants.Of(Environment.ProcessId, except: shell.Id));
            Assert.True(SpinWait.SpinUntil(() => Descendants.Of(shell.Id, except: 0).Count == 1, TimeSpan.FromMinutes(1)));
            Assert.Contains(Descendants.Of(shell.Id, except: 0)[0], Descendants.Of(Environment.ProcessId, except: 0));
        }
        finally
        {
            shell.StandardInput.Close();
            shell.WaitForExit();
        }
    }
}
