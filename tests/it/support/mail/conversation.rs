//! The SMTP conversation of the test's mail server with one client.

use std::{io, net::TcpStream};

use base64::{Engine, engine::general_purpose::STANDARD};

use super::{
    Mail,
    server::{Behaviour, LOGIN, Shared, TOKEN},
    stream::Stream,
};

/// The state of one conversation.
pub(super) struct Conversation<'a> {
    shared: &'a Shared,
    stream: Stream,
    is_logged_in: bool,
    from: String,
    to: String,
}

impl Conversation<'_> {
    pub(super) fn hold(shared: &Shared, stream: TcpStream) -> io::Result<()> {
        let mut conversation = Conversation {
            shared,
            stream: Stream::Plain(stream),
            is_logged_in: false,
            from: String::new(),
            to: String::new(),
        };
        if let Some(config) = &shared.offer.implicit {
            conversation.stream.encrypt(config)?;
        }
        let behaviour = conversation.behaviour();
        if behaviour == Behaviour::Down {
            return Ok(());
        }
        if behaviour == Behaviour::Busy {
            return conversation.stream.say("421 4.3.2 No time");
        }
        let injected = shared.offer.behind_greeting;
        conversation
            .stream
            .say(&format!("220 mail.example.com ready{injected}"))?;
        loop {
            let line = conversation.command()?;
            if !conversation.reply(&line)? {
                return Ok(());
            }
        }
    }

    /// Replies to a command. Returns whether the conversation continues.
    fn reply(&mut self, line: &str) -> io::Result<bool> {
        let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
        let (behaviour, offer) = (self.behaviour(), &self.shared.offer);
        let needs_login = !offer.mechanisms.is_empty() && !self.is_logged_in;
        match verb.as_str() {
            "EHLO" => self.greet()?,
            "STARTTLS" => {
                let config = offer
                    .starttls
                    .clone()
                    .expect("clients request only offered extensions");
                self.stream
                    .say(&format!("220 2.0.0 Go ahead{}", offer.behind_starttls))?;
                self.stream.encrypt(&config)?;
            }
            "AUTH" => self.log_in(line)?,
            "MAIL" if needs_login => self.stream.say("530 5.7.0 Log in first")?,
            "MAIL" if behaviour == Behaviour::RejectSender => {
                self.stream.say("550 5.7.1 Not from you")?;
            }
            "MAIL" => {
                line.clone_into(&mut self.from);
                self.stream.say("250 2.1.0 Ok")?;
            }
            "RCPT" if behaviour == Behaviour::TempFail => {
                self.stream.say("450 4.2.0 <ann@example.com>: not now")?;
            }
            "RCPT" if behaviour == Behaviour::CloseOnRecipient || is_closing(behaviour, line) => {
                self.stream.say("421 4.3.0 <ann@example.com>: closing")?;
                return Ok(false);
            }
            "RCPT" if behaviour == Behaviour::PermFail => self
                .stream
                .say("550 5.1.1 <ann@example.com>: no such mailbox")?,
            "RCPT" => {
                line.clone_into(&mut self.to);
                self.stream.say("250 2.1.5 Ok")?;
            }
            "DATA" => return self.take(),
            "QUIT" => {
                self.stream.say("221 2.0.0 Bye")?;
                return Ok(false);
            }
            _ => self.stream.say("502 5.5.2 What?")?,
        }
        Ok(true)
    }

    fn greet(&mut self) -> io::Result<()> {
        let offer = &self.shared.offer;
        let mut lines = vec![String::from("mail.example.com")];
        if offer.starttls.is_some() && !self.stream.is_encrypted() {
            lines.push(String::from("STARTTLS"));
        }
        if !offer.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", offer.mechanisms.join(" ")));
        }
        lines.push(String::from("ENHANCEDSTATUSCODES"));
        let last = lines.len() - 1;
        for (place, line) in lines.iter().enumerate() {
            let mark = if place == last { ' ' } else { '-' };
            self.stream.say(&format!("250{mark}{line}"))?;
        }
        Ok(())
    }

    fn log_in(&mut self, line: &str) -> io::Result<()> {
        let decoded = |text: &str| String::from_utf8(STANDARD.decode(text).unwrap()).unwrap();
        let words: Vec<_> = line.split(' ').collect();
        if words[1] == "XOAUTH2" {
            return self.log_in_by_token(&decoded(words[2]));
        }
        let given = if words[1] == "PLAIN" {
            decoded(words[2])
        } else {
            self.stream.say("334 VXNlcm5hbWU6")?;
            let user = decoded(&self.stream.line()?);
            self.stream.say("334 UGFzc3dvcmQ6")?;
            format!("\0{user}\0{}", decoded(&self.stream.line()?))
        };
        self.is_logged_in = given == format!("\0{}\0{}", LOGIN.0, LOGIN.1);
        if self.is_logged_in {
            self.stream.say("235 2.7.0 Welcome")
        } else {
            self.stream.say("535 5.7.8 Wrong")
        }
    }

    /// Logs in with a token. Like Gmail, explains a rejection before it sends the rejection.
    fn log_in_by_token(&mut self, given: &str) -> io::Result<()> {
        self.is_logged_in = given == format!("user={}\x01auth=Bearer {TOKEN}\x01\x01", LOGIN.0);
        if self.is_logged_in {
            return self.stream.say("235 2.7.0 Welcome");
        }
        self.stream.say("334 eyJzdGF0dXMiOiI0MDEifQ==")?;
        match self.stream.line()?.as_str() {
            "" => self.stream.say("535 5.7.8 Token refused"),
            _ => self.stream.say("500 5.5.1 What?"),
        }
    }

    fn take(&mut self) -> io::Result<bool> {
        self.stream.say("354 Go on")?;
        let mut data = String::new();
        loop {
            let line = self.stream.line()?;
            if line == "." {
                break;
            }
            data.push_str(line.strip_prefix('.').unwrap_or(&line));
            data.push_str("\r\n");
        }
        let state = self.shared.state.lock().unwrap();
        let mut state = self
            .shared
            .changed
            .wait_while(state, |state| state.behaviour == Behaviour::Stall)
            .unwrap();
        state.taken.push(Mail::new(
            &self.from,
            &self.to,
            &data,
            self.stream.is_encrypted(),
            self.is_logged_in,
        ));
        let is_cut = state.behaviour == Behaviour::CutAfterData;
        drop(state);
        self.shared.changed.notify_all();
        if is_cut {
            return Ok(false);
        }
        self.stream.say("250 2.0.0 Taken as 4F2A")?;
        Ok(true)
    }

    fn behaviour(&self) -> Behaviour {
        self.shared.state.lock().unwrap().behaviour
    }

    /// Reads one line and records it as a command.
    fn command(&mut self) -> io::Result<String> {
        let line = self.stream.line()?;
        let secrecy = if self.stream.is_encrypted() {
            "encrypted "
        } else {
            ""
        };
        let mut state = self.shared.state.lock().unwrap();
        state.commands.push(format!("{secrecy}{line}"));
        drop(state);
        self.shared.changed.notify_all();
        Ok(line)
    }
}

fn is_closing(behaviour: Behaviour, line: &str) -> bool {
    behaviour == Behaviour::CloseOnSome && line.contains("<closing")
}
