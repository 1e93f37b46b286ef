namespace Locks.Docs.Generator;

/// <summary>Where a fragment of a block has to stand to be compiled.</summary>
internal enum FragmentKind
{
    Statement,
    Member,
    Type,
}
