using ZiggyCreatures.Caching.Fusion.Serialization;
using Json = System.Text.Json.JsonSerializer;

namespace Locks.Compliance.Adapters.FusionCache;

/// <summary>Values as a distributed cache keeps them.</summary>
public sealed class JsonSerializer : IFusionCacheSerializer
{
    /// <inheritdoc/>
    public byte[] Serialize<T>(T? obj) => Json.SerializeToUtf8Bytes(obj);

    /// <inheritdoc/>
    public T? Deserialize<T>(byte[] data) => Json.Deserialize<T>(data);

    /// <inheritdoc/>
    public ValueTask<byte[]> SerializeAsync<T>(T? obj, CancellationToken token = default) => new(Serialize(obj));

    /// <inheritdoc/>
    public ValueTask<T?> DeserializeAsync<T>(byte[] data, CancellationToken token = default) => new(Deserialize<T>(data));
}
