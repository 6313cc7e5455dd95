using System.Globalization;
using System.Text.Json;
using Parley.Core.Rendering.Text;

namespace Parley.Core.Rendering.Tools;

/// <summary>Plans, tasks and questions: the calls with which the agent speaks to the person.</summary>
internal static class PlanTools
{
    private const int MaxLine = 200;

    private const int MaxItems = 500;

    internal static IEnumerable<KeyValuePair<string, ToolView>> Views =>
    [
        new("TodoWrite", new("plan", TodoLine, TodoBody)),
        new("TaskCreate", new("plan", input => new(null, Short(input, "subject")), AllFields)),
        new("TaskUpdate", new("plan", input => new("#" + Short(input, "taskId"), Short(input, "status")?.Replace('_', ' ')), AllFields)),
        new("TaskList", new("plan", _ => new(null, "all tasks"), AllFields)),
        new("TaskGet", new("plan", input => new("#" + Short(input, "taskId")), AllFields)),
        new("EnterPlanMode", new("plan", _ => new(null, "planning"), AllFields)),
        new("ExitPlanMode", new("plan", _ => new(null, "the plan"), PlanBody) { Open = true }),
        new("AskUserQuestion", new("plan", QuestionLine, QuestionBody) { Open = true }),
    ];

    private static string? Short(JsonElement input, string name) => input.String(name) is { } text ? Lines.OneLine(text, MaxLine) : null;

    private static void AllFields(JsonElement input, HtmlWriter html) => Fields.Write(input, html);

    private static ToolLine TodoLine(JsonElement input)
    {
        int all = 0, done = 0;
        foreach (JsonElement todo in input.Objects("todos"))
        {
            all++;
            done += todo.String("status") == "completed" ? 1 : 0;
        }
        return new(null, string.Create(CultureInfo.InvariantCulture, $"{done} of {all} done"));
    }

    private static void TodoBody(JsonElement input, HtmlWriter html)
    {
        WriteSteps(input.Objects("todos"), "content", html);
        Fields.Write(input, html, "todos");
    }

    /// <summary>Writes the steps of a plan, each with how far it is.</summary>
    internal static void WriteSteps(IEnumerable<JsonElement> steps, string text, HtmlWriter html)
    {
        html.Markup("<ul class=\"tasks\">"u8);
        foreach (JsonElement step in steps.Take(MaxItems))
        {
            html.Markup(step.String("status") switch
            {
                "completed" => "<li><span class=\"check done\"><span class=\"sr\">Done: </span></span>"u8,
                "in_progress" => "<li class=\"now\"><span class=\"check now\"><span class=\"sr\">In progress: </span></span>"u8,
                _ => "<li><span class=\"check\"><span class=\"sr\">To do: </span></span>"u8,
            });
            html.Marked(step.String(text)).Markup("</li>"u8);
        }
        html.Markup("</ul>"u8);
    }

    private static void PlanBody(JsonElement input, HtmlWriter html)
    {
        if (input.String("plan") is { } plan)
            MarkdownHtml.Write(plan, html);
        Fields.Write(input, html, "plan");
    }

    private static ToolLine QuestionLine(JsonElement input) =>
        new(null, input.Objects("questions").FirstOrDefault() is { ValueKind: JsonValueKind.Object } first ? Short(first, "question") : null);

    private static void QuestionBody(JsonElement input, HtmlWriter html)
    {
        foreach (JsonElement question in input.Objects("questions").Take(MaxItems))
        {
            html.Markup("<div class=\"question\"><p class=\"ask\">"u8).Marked(question.String("question")).Markup("</p><ul class=\"options\">"u8);
            foreach (JsonElement option in question.Objects("options").Take(MaxItems))
            {
                html.Markup("<li><strong>"u8).Marked(option.String("label")).Markup("</strong>"u8);
                if (option.String("description") is { Length: > 0 } description)
                    html.Markup("<span> "u8).Marked(description).Markup("</span>"u8);
                html.Markup("</li>"u8);
            }
            html.Markup("</ul></div>"u8);
        }
        Fields.Write(input, html, "questions");
    }
}
