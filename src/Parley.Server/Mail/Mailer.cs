using System.Globalization;
using System.Net.Mail;
using System.Text;

namespace Parley.Server.Mail;

/// <summary>
/// Sends what waits in the outbox, on every server that has a mail server. A mail goes out at least once: one whose delivery a crash has hidden is
/// sent again with the same Message-ID.
/// </summary>
public sealed class Mailer(Outbox outbox, MailOptions options, TimeProvider clock, ILogger<Mailer> log) : BackgroundService
{
    /// <summary>How often it looks for what became due.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>How long one delivery may take; less than the lease, so that nobody else sends the same meanwhile.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>How long delivery is tried.</summary>
    public static readonly TimeSpan GivenUpAfter = TimeSpan.FromDays(2);

    private static readonly TimeSpan LongestDelay = TimeSpan.FromHours(4);

    /// <summary>How long a mail waits after so many failures: a minute, then twice as long each time.</summary>
    public static TimeSpan DelayAfter(long failures) =>
        failures < 9 ? TimeSpan.FromMinutes(1 << (int)(failures - 1)) : LongestDelay;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        Task added = outbox.Added.ReadAsync(stoppingToken).AsTask(), due = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        while (true)
        {
            await SendAllAsync(stoppingToken);
            Task first = await Task.WhenAny(added, due);
            stoppingToken.ThrowIfCancellationRequested();
            if (first == added)
                added = outbox.Added.ReadAsync(stoppingToken).AsTask();
            else
                due = timer.WaitForNextTickAsync(stoppingToken).AsTask();
        }
    }

    private async Task SendAllAsync(CancellationToken cancel)
    {
        try
        {
            while (await outbox.TakeAsync(cancel) is { } taken)
                await SendAsync(taken, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            log.LogError(e, "The outbox can't be read; it is tried again");
        }
    }

    private async Task SendAsync(TakenMail taken, CancellationToken cancel)
    {
        try
        {
            if (taken.Mail is null)
                throw new InvalidOperationException("It was sealed with another data key.");
            if (await outbox.MayGoAsync(taken.Mail, cancel))
                await DeliverAsync(taken.Id, taken.Mail, cancel);
            await outbox.RemoveAsync(taken.Id, CancellationToken.None);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            await FailAsync(taken, e, cancel);
        }
    }

    private async Task FailAsync(TakenMail taken, Exception failure, CancellationToken cancel)
    {
        bool isFinal = IsFinal(failure) || clock.GetUtcNow() - taken.CreatedAt > GivenUpAfter;
        // Neither addresses nor words of it: logs are read by others.
        log.LogWarning("A mail was not taken: {Reason} {Next}", failure.Message, isFinal ? "It is given up" : "It is tried again");
        if (isFinal)
            await outbox.GiveUpAsync(taken, cancel);
        else
            await outbox.DelayAsync(taken.Id, DelayAfter(taken.Attempts), cancel);
    }

    // A mailbox that is not there will not be there in a minute.
    private static bool IsFinal(Exception failure) => failure is SmtpFailedRecipientException
    {
        StatusCode: SmtpStatusCode.MailboxUnavailable or SmtpStatusCode.MailboxNameNotAllowed or SmtpStatusCode.UserNotLocalTryAlternatePath,
    };

    private async Task DeliverAsync(string id, OutgoingMail mail, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        using var client = new SmtpClient(options.Host, options.Port) { EnableSsl = options.IsEncrypted, Credentials = options.Login };
        using MailMessage message = Message(id, mail);
        try
        {
            await client.SendMailAsync(message, patience.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new TimeoutException("The mail server does not answer.");
        }
    }

    private MailMessage Message(string id, OutgoingMail mail)
    {
        var from = new MailAddress(options.From, "Parley");
        var message = new MailMessage(from, new MailAddress(mail.To))
        {
            Subject = mail.Subject,
            SubjectEncoding = Encoding.UTF8,
            Body = mail.Text,
            BodyEncoding = Encoding.UTF8,
            BodyTransferEncoding = System.Net.Mime.TransferEncoding.QuotedPrintable,
        };
        message.Headers.Add("Message-ID", string.Create(CultureInfo.InvariantCulture, $"<{id}@{from.Host}>"));
        // RFC 3834: so that nobody's absence is answered.
        message.Headers.Add("Auto-Submitted", "auto-generated");
        return message;
    }
}
