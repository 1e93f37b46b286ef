namespace Locks.Docs.Generator;

/// <summary>A fragment of a block: one statement, or one declaration.</summary>
internal sealed class Fragment
{
    public Fragment(FragmentKind kind, int line, string text) => (Kind, Line, Text) = (kind, line, text);

    public FragmentKind Kind { get; }

    /// <summary>The line of the page on which the fragment begins.</summary>
    public int Line { get; }

    public string Text { get; }
}
