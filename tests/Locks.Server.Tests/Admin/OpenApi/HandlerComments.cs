using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Locks.Admin;
using Microsoft.OpenApi;

namespace Locks.Server.Tests.Admin.OpenApi;

/// <summary>
/// Takes over the documentation comments of the handlers. They are internal, and the generator of ASP.NET Core reads those alone that are
/// visible to the assembly that makes the description.
/// </summary>
internal static partial class HandlerComments
{
    private static readonly XDocument Comments = XDocument.Load(Path.ChangeExtension(typeof(LocksAdminOptions).Assembly.Location, ".xml"));

    public static void AddTo(OpenApiOperation operation, IEnumerable<object> metadata)
    {
        if (metadata.OfType<MethodInfo>().LastOrDefault() is not { } handler || CommentOf(handler) is not { } comment)
            return;

        operation.Summary = Text(comment.Element("summary"));
        operation.Description = Text(comment.Element("remarks"));
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
            parameter.Description = Text(comment.Elements("param").Single(param => param.Attribute("name")!.Value == parameter.Name));
    }

    private static XElement? CommentOf(MethodInfo handler) => Comments.Descendants("member").SingleOrDefault(member =>
        member.Attribute("name")!.Value.StartsWith($"M:{handler.DeclaringType!.FullName}.{handler.Name}(", StringComparison.Ordinal));

    private static string? Text(XElement? comment) => comment is null ? null : Space().Replace(comment.Value.Trim(), " ");

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
