using Locks.Compliance;
using Locks.Compliance.ReferenceShapes;
using Locks.IntegrationTests.Protocol;

namespace Locks.IntegrationTests.ReferenceShapes;

public sealed class Reference000Tests : Reference000Shape
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}

public sealed class Reference001Tests : Reference001Shape
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}

public sealed class Reference002Tests : Reference002Shape
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}

public sealed class Reference003Tests : Reference003Shape
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}

public sealed class Reference004Tests : Reference004Shape
{
    protected override LockFixture NewFixture() => new RabbitMqLockFixture();
}
