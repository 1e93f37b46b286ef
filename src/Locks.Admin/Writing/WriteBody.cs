using Microsoft.AspNetCore.Http.Metadata;

namespace Locks.Admin.Writing;

/// <summary>Bounds the body of a write before any of it is read, and tells the description of the API what it is.</summary>
internal sealed class WriteBody : IRequestSizeLimitMetadata
{
    private WriteBody(Type type) => Type = type;

    /// <summary>The body's type.</summary>
    public Type Type { get; }

    public long? MaxRequestBodySize => BodyReader.MaxBytes;

    public static WriteBody Of<T>() => new(typeof(T));
}
