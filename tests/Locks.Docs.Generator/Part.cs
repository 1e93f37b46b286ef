namespace Locks.Docs.Generator;

/// <summary>A part of a block: one statement, or one declaration.</summary>
internal sealed class Part
{
    public Part(PartKind kind, int line, string text) => (Kind, Line, Text) = (kind, line, text);

    public PartKind Kind { get; }

    /// <summary>The line of the page on which the part begins.</summary>
    public int Line { get; }

    public string Text { get; }
}
