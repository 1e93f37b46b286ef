using Locks.Compliance.ReferenceShapes;

namespace Locks.Compliance.Tests.ReferenceShapes;

public sealed class Reference000Tests : Reference000Shape
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}

public sealed class Reference001Tests : Reference001Shape
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}

public sealed class Reference002Tests : Reference002Shape
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}

public sealed class Reference003Tests : Reference003Shape
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}

public sealed class Reference004Tests : Reference004Shape
{
    protected override LockFixture NewFixture() => new InMemoryLockFixture();
}
