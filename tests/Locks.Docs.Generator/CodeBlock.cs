using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Locks.Docs.Generator;

/// <summary>A block of C# on a page.</summary>
internal sealed class CodeBlock
{
    /// <param name="heading">The heading above the block.</param>
    /// <param name="line">The line of the page on which the code begins, counted from 1.</param>
    /// <param name="text">The code.</param>
    /// <param name="usings">Using directives that the page gives in a comment above the block, for what readers need not be told.</param>
    public CodeBlock(string heading, int line, string text, string usings)
    {
        (Heading, Usings) = (heading, usings);
        var unit = SyntaxFactory.ParseCompilationUnit(text);
        var fragments = unit.Members
            .Select(member => new Fragment(KindOf(member), line + LineOf(text, member.FullSpan.Start), member.ToFullString()))
            .ToList();

        // An attribute alone stands for one on a job of the reader's.
        if (fragments.Count == 0 || unit.Members.Last() is IncompleteMemberSyntax)
            fragments = [new Fragment(FragmentKind.Member, line, text + "\npublic sealed class Attributed;\n")];
        Fragments = fragments;
    }

    public string Heading { get; }

    public string Usings { get; }

    public IReadOnlyList<Fragment> Fragments { get; }

    private static FragmentKind KindOf(MemberDeclarationSyntax member) => member switch
    {
        BaseTypeDeclarationSyntax or DelegateDeclarationSyntax => FragmentKind.Type,
        GlobalStatementSyntax { Statement: LocalFunctionStatementSyntax { Modifiers: var modifiers } }
            when modifiers.Any(SyntaxKind.PublicKeyword) || modifiers.Any(SyntaxKind.ProtectedKeyword) => FragmentKind.Member,
        GlobalStatementSyntax => FragmentKind.Statement,
        _ => FragmentKind.Member,
    };

    private static int LineOf(string text, int position) => text.Take(position).Count(character => character == '\n');
}
