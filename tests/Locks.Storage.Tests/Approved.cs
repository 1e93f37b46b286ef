using System.Runtime.CompilerServices;
using Xunit;

namespace Locks.Storage.Tests;

/// <summary>Text that was looked at by a person and must not change by accident.</summary>
internal static class Approved
{
    /// <summary>
    /// Compares with the file of that name in the folder <c>Approved</c> beside the test. With LOCKS_APPROVE=1 the file is written instead,
    /// to be looked at and committed.
    /// </summary>
    public static void Matches(string fileName, string text, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, "Approved", fileName);
        var actual = text.ReplaceLineEndings("\n").Trim('\uFEFF', '\n') + "\n";
        if (Environment.GetEnvironmentVariable("LOCKS_APPROVE") == "1")
            File.WriteAllText(file, actual);

        Assert.Equal(File.ReadAllText(file), actual, ignoreLineEndingDifferences: true);
    }
}
