namespace Locks.Docs.Generator;

/// <summary>Where a part of a block has to stand to be compiled.</summary>
internal enum PartKind
{
    Statement,
    Member,
    Type,
}
