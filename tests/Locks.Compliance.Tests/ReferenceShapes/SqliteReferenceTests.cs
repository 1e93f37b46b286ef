using Locks.Compliance.ReferenceShapes;

namespace Locks.Compliance.Tests.ReferenceShapes;

public sealed class SqliteReference000Tests : Reference000Shape
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

public sealed class SqliteReference001Tests : Reference001Shape
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

public sealed class SqliteReference002Tests : Reference002Shape
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

public sealed class SqliteReference003Tests : Reference003Shape
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}

public sealed class SqliteReference004Tests : Reference004Shape
{
    protected override LockFixture NewFixture() => new SqliteLockFixture();
}
