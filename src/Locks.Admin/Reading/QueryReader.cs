using System.Globalization;
using Locks.Admin.Problems;
using Locks.Contracts;

namespace Locks.Admin.Reading;

/// <summary>
/// Reads the parameters of a query and collects what is wrong with them. A parameter that there is not is a typing error, and the answer
/// would be that to another question.
/// </summary>
internal sealed class QueryReader
{
    private readonly IQueryCollection _query;
    private readonly FieldErrors _errors = new();

    public QueryReader(HttpRequest request, params string[] known)
    {
        _query = request.Query;
        foreach (var (name, values) in _query)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
                _errors.Add(Shown.Of(name), $"There is no parameter '{Shown.Of(name)}'; there are: {(known is [] ? "none" : string.Join(", ", known))}.");
            else if (values.Count > 1)
                _errors.Add(name, $"The parameter '{name}' is given {values.Count} times; give it once.");
        }
    }

    /// <summary>The problem with the query; absent when it is right.</summary>
    public AdminProblem? Problem => _errors.Any ? _errors.ToProblem() : null;

    /// <summary>A text; absent when it is empty.</summary>
    public string? Text(string name, Func<string?, ValidationError?> check)
    {
        var value = _query[name] is [{ Length: > 0 } given, ..] ? given : null;
        _errors.Add(check(value));
        return value;
    }

    /// <summary>A whole number.</summary>
    public long? Number(string name, long least, long most, string unit = "")
    {
        if (_query[name] is not [{ Length: > 0 } text, ..])
            return null;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) && value >= least && value <= most)
            return value;

        _errors.Add(name, $"The parameter '{name}' is '{Shown.Of(text)}'; it must be a whole number{unit} from {least} to {most}.");
        return null;
    }

    /// <summary>A UUID.</summary>
    public Guid? Id(string name)
    {
        if (_query[name] is not [{ Length: > 0 } text, ..])
            return null;
        if (Guid.TryParse(text, out var value))
            return value;

        _errors.Add(name, $"The parameter '{name}' is '{Shown.Of(text)}'; it must be a UUID.");
        return null;
    }
}
