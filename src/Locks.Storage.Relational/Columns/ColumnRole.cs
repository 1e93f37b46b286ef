namespace Locks.Storage.Relational;

/// <summary>What a write does with a column.</summary>
internal enum ColumnRole
{
    /// <summary>Inserts and updates set it.</summary>
    Changing,

    /// <summary>Inserts set it, updates find their row by it.</summary>
    Key,

    /// <summary>Inserts set it, updates leave it as it is.</summary>
    Fixed,

    /// <summary>Not stored: the value is only compared with what is stored.</summary>
    Compared,
}
