using System.Globalization;

namespace Locks.Cli.Processes;

/// <summary>
/// Finds a process's descendants, by what Linux tells in <c>/proc</c>. A group alone does not have those that began a session of their own.
/// </summary>
internal static class Descendants
{
    /// <summary>The ids of the descendants that still run, without a branch.</summary>
    /// <param name="ancestor">The process.</param>
    /// <param name="except">A child of it that is left out, with its own descendants.</param>
    public static IReadOnlyList<int> Of(int ancestor, int except)
    {
        var children = Running().ToLookup(process => process.Parent, process => process.Id);
        var found = new List<int>();
        var next = new Queue<int>([ancestor]);
        while (next.TryDequeue(out var parent))
        {
            foreach (var child in children[parent].Where(child => child != except))
            {
                found.Add(child);
                next.Enqueue(child);
            }
        }

        return found;
    }

    private static IEnumerable<(int Id, int Parent)> Running()
    {
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && TryRead(Path.Combine(folder, "stat"), out var state, out var parent)
                && state != 'Z')
            {
                yield return (id, parent);
            }
        }
    }

    private static bool TryRead(string file, out char state, out int parent)
    {
        (state, parent) = (default, 0);
        try
        {
            // After the name, which is in brackets and may hold anything: the state and the parent.
            var text = File.ReadAllText(file);
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ', 3);
            state = fields[0][0];
            parent = int.Parse(fields[1], CultureInfo.InvariantCulture);
            return true;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            // It ended while it was looked at.
            return false;
        }
    }
}
