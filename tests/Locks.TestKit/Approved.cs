namespace Locks.TestKit;

/// <summary>Compares a text with the one that people have approved and committed.</summary>
public static class Approved
{
    /// <summary>Set to 1 to write what there is, not compare it. The test fails all the same: no build approves by itself.</summary>
    public const string ApproveVariable = "LOCKS_APPROVE";

    /// <summary>Fails unless the text is the approved one.</summary>
    /// <param name="file">The approved file, from the root of the repository.</param>
    /// <param name="actual">What there is now.</param>
    public static void Verify(string file, string actual) =>
        Verify(Repository.PathOf(file), file, actual, approve: Environment.GetEnvironmentVariable(ApproveVariable) == "1");

    /// <summary>The same, with everything that comes from outside given.</summary>
    public static void Verify(string path, string name, string actual, bool approve)
    {
        actual = WithPlainLineEnds(actual);
        if (approve)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, actual);
            throw new NotApprovedException(
                $"{ApproveVariable} is set: {name} was rewritten and nothing was compared. Review its diff, then run again without it.");
        }

        var approved = File.Exists(path) ? WithPlainLineEnds(File.ReadAllText(path)) : "";
        if (approved != actual)
        {
            throw new NotApprovedException(
                FirstDifference(name, approved, actual)
                + $"\n\nTo approve the change, run this test with {ApproveVariable}=1, review the diff of {name} and commit it.");
        }
    }

    private static string FirstDifference(string name, string approved, string actual)
    {
        var (before, after) = (approved.Split('\n'), actual.Split('\n'));
        var line = 0;
        while (line < before.Length && line < after.Length && before[line] == after[line])
            line++;

        return $"{name} differs from line {line + 1} on.\n  approved: {LineOf(before, line)}\n  now:      {LineOf(after, line)}";
    }

    private static string LineOf(string[] lines, int index) => index < lines.Length ? lines[index] : "(the end)";

    private static string WithPlainLineEnds(string text) => text.ReplaceLineEndings("\n").TrimEnd('\n') + "\n";
}

/// <summary>A text differs from the approved one.</summary>
public sealed class NotApprovedException(string message) : Exception(message);
