namespace Parley.Core.Transcripts.ClaudeCode;

/// <summary>
/// Links the lines of each API message that is on the path (<see cref="Node.NextOfStep"/>): those on the path first, then those beside it,
/// which are the parallel calls.
/// </summary>
internal sealed class MessageLinks(TranscriptIndex index, Branch branch)
{
    public void Link()
    {
        int prompts = 0;
        foreach (int line in branch.Path)
        {
            if (index.Nodes[line].Kind == LineKind.Prompt)
                prompts++;
            if (index.Nodes[line].Message >= 0)
                LinkOnPath(line, prompts);
        }
        for (int line = 0; line < index.Nodes.Count; line++)
        {
            int message = index.Nodes[line].Message;
            if (message >= 0 && !branch.Contains(line) && index.Messages[message] is { FirstLine: >= 0, Successor: < 0 })
                Append(message, line);
        }
    }

    private void LinkOnPath(int line, int prompts)
    {
        int message = index.Nodes[line].Message;
        if (index.Messages[message].Successor is var successor and >= 0)
            message = successor;
        if (index.Messages[message].FirstLine >= 0 && index.Messages[message].Prompts != prompts)
            message = Succeed(index.Nodes[line].Message);
        index.Messages[message].Prompts = prompts;
        index.Nodes[line].Message = message;
        Append(message, line);
    }

    // An id that comes again after a prompt is another message's; the tokens stay with the first.
    private int Succeed(int message)
    {
        index.Messages.Add(Message.Empty with { Model = index.Messages[message].Model });
        return index.Messages[message].Successor = index.Messages.Count - 1;
    }

    private void Append(int message, int line)
    {
        ref Message to = ref index.Messages[message];
        if (to.FirstLine < 0)
            to.FirstLine = line;
        else
            index.Nodes[to.LastLine].NextOfStep = line;
        to.LastLine = line;
    }
}
