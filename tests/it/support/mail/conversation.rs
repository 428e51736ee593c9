//! The SMTP conversation of the test's mail server with one client.

use std::{
    io::{self, Read, Write},
    net::TcpStream,
    sync::Arc,
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{
    Mail,
    server::{Behaviour, LOGIN, Shared, TOKEN},
};

/// One client's way through the protocol.
pub(super) struct Conversation<'a> {
    shared: &'a Shared,
    stream: Stream,
    is_logged_in: bool,
    from: String,
    to: String,
}

enum Stream {
    Plain(TcpStream),
    Encrypted(Box<StreamOwned<ServerConnection, TcpStream>>),
    Gone,
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
            conversation.encrypt(config)?;
        }
        let behaviour = conversation.behaviour();
        if behaviour == Behaviour::Down {
            return Ok(());
        }
        if behaviour == Behaviour::Busy {
            return conversation.say("421 4.3.2 No time");
        }
        let injected = shared.offer.behind_greeting;
        conversation.say(&format!("220 mail.example.com ready{injected}"))?;
        loop {
            let line = conversation.command()?;
            if !conversation.answer(&line)? {
                return Ok(());
            }
        }
    }

    /// Whether it goes on.
    fn answer(&mut self, line: &str) -> io::Result<bool> {
        let verb = line.split([' ', ':']).next().unwrap().to_ascii_uppercase();
        let (behaviour, offer) = (self.behaviour(), &self.shared.offer);
        let needs_login = !offer.mechanisms.is_empty() && !self.is_logged_in;
        match verb.as_str() {
            "EHLO" => self.greet()?,
            "STARTTLS" => {
                let config = offer
                    .starttls
                    .clone()
                    .expect("only what is offered is asked for");
                self.say(&format!("220 2.0.0 Go ahead{}", offer.behind_starttls))?;
                self.encrypt(&config)?;
            }
            "AUTH" => self.log_in(line)?,
            "MAIL" if needs_login => self.say("530 5.7.0 Log in first")?,
            "MAIL" if behaviour == Behaviour::RejectSender => self.say("550 5.7.1 Not from you")?,
            "MAIL" => {
                line.clone_into(&mut self.from);
                self.say("250 2.1.0 Ok")?;
            }
            "RCPT" if behaviour == Behaviour::TempFail => {
                self.say("450 4.2.0 <ann@example.com>: not now")?;
            }
            "RCPT" if behaviour == Behaviour::CloseOnRecipient || is_closing(behaviour, line) => {
                self.say("421 4.3.0 <ann@example.com>: closing")?;
                return Ok(false);
            }
            "RCPT" if behaviour == Behaviour::PermFail => {
                self.say("550 5.1.1 <ann@example.com>: nobody")?
            }
            "RCPT" => {
                line.clone_into(&mut self.to);
                self.say("250 2.1.5 Ok")?;
            }
            "DATA" => return self.take(),
            "QUIT" => {
                self.say("221 2.0.0 Bye")?;
                return Ok(false);
            }
            _ => self.say("502 5.5.2 What?")?,
        }
        Ok(true)
    }

    fn greet(&mut self) -> io::Result<()> {
        let offer = &self.shared.offer;
        let mut lines = vec![String::from("mail.example.com")];
        if offer.starttls.is_some() && !self.is_encrypted() {
            lines.push(String::from("STARTTLS"));
        }
        if !offer.mechanisms.is_empty() {
            lines.push(format!("AUTH {}", offer.mechanisms.join(" ")));
        }
        lines.push(String::from("ENHANCEDSTATUSCODES"));
        let last = lines.len() - 1;
        for (place, line) in lines.iter().enumerate() {
            let mark = if place == last { ' ' } else { '-' };
            self.say(&format!("250{mark}{line}"))?;
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
            self.say("334 VXNlcm5hbWU6")?;
            let user = decoded(&self.line()?);
            self.say("334 UGFzc3dvcmQ6")?;
            format!("\0{user}\0{}", decoded(&self.line()?))
        };
        self.is_logged_in = given == format!("\0{}\0{}", LOGIN.0, LOGIN.1);
        if self.is_logged_in {
            self.say("235 2.7.0 Welcome")
        } else {
            self.say("535 5.7.8 Wrong")
        }
    }

    /// A refusal is explained first, as Gmail does, and comes after an empty line.
    fn log_in_by_token(&mut self, given: &str) -> io::Result<()> {
        self.is_logged_in = given == format!("user={}\x01auth=Bearer {TOKEN}\x01\x01", LOGIN.0);
        if self.is_logged_in {
            return self.say("235 2.7.0 Welcome");
        }
        self.say("334 eyJzdGF0dXMiOiI0MDEifQ==")?;
        match self.line()?.as_str() {
            "" => self.say("535 5.7.8 Token refused"),
            _ => self.say("500 5.5.1 What?"),
        }
    }

    fn take(&mut self) -> io::Result<bool> {
        self.say("354 Go on")?;
        let mut data = String::new();
        loop {
            let line = self.line()?;
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
            self.is_encrypted(),
            self.is_logged_in,
        ));
        let is_cut = state.behaviour == Behaviour::CutAfterData;
        drop(state);
        self.shared.changed.notify_all();
        if is_cut {
            return Ok(false);
        }
        self.say("250 2.0.0 Taken as 4F2A")?;
        Ok(true)
    }

    fn behaviour(&self) -> Behaviour {
        self.shared.state.lock().unwrap().behaviour
    }

    fn is_encrypted(&self) -> bool {
        matches!(self.stream, Stream::Encrypted(_))
    }

    fn encrypt(&mut self, config: &Arc<ServerConfig>) -> io::Result<()> {
        let Stream::Plain(stream) = std::mem::replace(&mut self.stream, Stream::Gone) else {
            panic!("it is encrypted already");
        };
        let connection = ServerConnection::new(Arc::clone(config)).unwrap();
        let mut stream = StreamOwned::new(connection, stream);
        stream.conn.complete_io(&mut stream.sock)?;
        self.stream = Stream::Encrypted(Box::new(stream));
        Ok(())
    }

    fn say(&mut self, line: &str) -> io::Result<()> {
        let line = format!("{line}\r\n");
        match &mut self.stream {
            Stream::Plain(stream) => stream.write_all(line.as_bytes()),
            Stream::Encrypted(stream) => stream.write_all(line.as_bytes()),
            Stream::Gone => Err(io::ErrorKind::NotConnected.into()),
        }
    }

    /// One line, noted as a command.
    fn command(&mut self) -> io::Result<String> {
        let line = self.line()?;
        let secrecy = if self.is_encrypted() {
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

    /// One line without its end.
    fn line(&mut self) -> io::Result<String> {
        let mut line = Vec::new();
        while !line.ends_with(b"\r\n") {
            let mut byte = [0];
            match &mut self.stream {
                Stream::Plain(stream) => stream.read_exact(&mut byte)?,
                Stream::Encrypted(stream) => stream.read_exact(&mut byte)?,
                Stream::Gone => return Err(io::ErrorKind::NotConnected.into()),
            }
            line.extend(byte);
        }
        let line = String::from_utf8(line).expect("all of it is ASCII");
        Ok(line.trim_end_matches("\r\n").to_owned())
    }
}

fn is_closing(behaviour: Behaviour, line: &str) -> bool {
    behaviour == Behaviour::CloseOnSome && line.contains("<closing")
}
