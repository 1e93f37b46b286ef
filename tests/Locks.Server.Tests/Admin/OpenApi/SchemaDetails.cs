using System.Text.RegularExpressions;
using Locks.Admin.Writing;
using Microsoft.OpenApi;

namespace Locks.Server.Tests.Admin.OpenApi;

/// <summary>
/// What the types can't say of the JSON: what is absent is left out and never null, so that it is not required either. Only the bodies of
/// writes have fields that are absent in their types, to be refused in words of their own, and are required.
/// </summary>
internal static partial class SchemaDetails
{
    private static readonly string[] Bodies = [nameof(ForceReleaseRequest), nameof(CancelWaiterRequest)];

    public static void Add(OpenApiDocument document)
    {
        foreach (var (name, found) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
        {
            if (found is not OpenApiSchema { Properties: { } properties } schema)
                continue;

            schema.Description = OnOneLine(schema.Description);
            foreach (var (property, value) in properties.ToList())
            {
                if (WithoutNull(value) is not { } present)
                    continue;

                properties[property] = present;
                if (!Bodies.Contains(name))
                    schema.Required?.Remove(property);
            }

            foreach (var value in properties.Values)
                value.Description = OnOneLine(value.Description);
        }
    }

    /// <summary>A description without the line ends of the source, and without the types of the members that it refers to.</summary>
    public static string? OnOneLine(string? text) => text is null ? null : TypeOfMember().Replace(text.ReplaceLineEndings(" "), "");

    private static IOpenApiSchema? WithoutNull(IOpenApiSchema value)
    {
        if (value.OneOf is [{ Type: JsonSchemaType.Null }, var reference])
            return reference;
        if (value is not OpenApiSchema { Type: { } type } schema || !type.HasFlag(JsonSchemaType.Null))
            return null;

        schema.Type = type & ~JsonSchemaType.Null;
        return schema;
    }

    [GeneratedRegex(@"\b\w+\? (?=[A-Z]\w*\.[A-Z])")]
    private static partial Regex TypeOfMember();
}
