namespace Locks.Storage.Relational;

/// <summary>What a column holds; each provider has a type of its own for each kind.</summary>
internal enum ColumnKind
{
    /// <summary>A <see cref="Guid"/>.</summary>
    Id,

    /// <summary>A <see cref="long"/>.</summary>
    Number,

    /// <summary>A length of time in microseconds: a <see cref="long"/> in a write, a <see cref="TimeSpan"/> in the model.</summary>
    Duration,

    /// <summary>A text that users choose, compared by its code units.</summary>
    Text,

    /// <summary>A short ASCII text that the product chooses, such as a state.</summary>
    Code,

    /// <summary>A <see cref="bool"/>.</summary>
    Flag,

    /// <summary>
    /// A moment in whole microseconds: a UTC <see cref="DateTime"/> in a write, a <see cref="DateTimeOffset"/> in the model.
    /// </summary>
    Time,

    /// <summary>A <c>byte[]</c>.</summary>
    Bytes,
}
